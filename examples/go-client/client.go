package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"
)

// Options say who a client is and whom it tells.
type Options struct {
	// Dial opens a WebSocket. It is called for every try.
	Dial     func(context.Context) (*websocket.Conn, error)
	Identity Identity
	Contract *Contract
	// GatewayID pins a gateway. Without one the first that proves itself is trusted, and pinned from then on.
	GatewayID string
	Label     string
	// OnEvent is given every event once and in order. When it returns, the event has been processed.
	OnEvent func(Event)
	// OnSession is told of every connection.
	OnSession func(Session)
}

// Client stays connected while Run runs: it comes back, resends what had no answer, and resumes where it left off.
type Client struct {
	Options
	inbox         *inbox
	framesChecked atomic.Int64
	writing       sync.Mutex // a socket has one writer at a time

	mu       sync.Mutex
	socket   *websocket.Conn // nil while there is none
	waiting  map[string]*Pending
	sequence []*Pending // in the order in which they are sent again
}

// NewClient makes a client. It connects when it runs; requests may be made before.
func NewClient(options Options) *Client {
	return &Client{Options: options, inbox: newInbox(), waiting: map[string]*Pending{}}
}

// Event is what a gateway tells.
type Event struct {
	ID      string
	Type    string
	Payload json.RawMessage
	// Cursor is its place in the log; an event that is not kept has none.
	Cursor string
}

// Response is what a request came to.
type Response struct {
	Result json.RawMessage
	// Replayed says that it is the stored answer to an earlier sending: nothing happened again.
	Replayed bool
}

// Pending is a request without its response yet.
type Pending struct {
	request Frame
	done    chan struct{}
	reply   Frame
	err     error
	// forgotten after a loss: nobody waits for it, and it means nothing on another connection.
	forgotten bool
}

// Wait gives the response, however many connections it takes. A refusal is an *ErrorBody.
func (p *Pending) Wait(ctx context.Context) (Response, error) {
	select {
	case <-ctx.Done():
		return Response{}, fmt.Errorf("wait for %s: %w", p.request.Type, ctx.Err())
	case <-p.done:
	}
	if p.err != nil {
		return Response{}, fmt.Errorf("%s: %w", p.request.Type, p.err)
	}
	if p.reply.Error != nil {
		return Response{}, fmt.Errorf("%s: %w", p.request.Type, p.reply.Error)
	}
	return Response{Result: p.reply.Result, Replayed: p.reply.Replayed}, nil
}

// Send writes a request, now or with the next connection. An idempotencyKey may be empty.
func (c *Client) Send(operation string, payload any, idempotencyKey string) (*Pending, error) {
	return c.send(operation, payload, idempotencyKey, false)
}

// Request sends a request and waits for its response.
func (c *Client) Request(ctx context.Context, operation string, payload any, idempotencyKey string) (Response, error) {
	pending, err := c.Send(operation, payload, idempotencyKey)
	if err != nil {
		return Response{}, err
	}
	return pending.Wait(ctx)
}

// FramesChecked counts the frames that were held against the schemas, in both directions.
func (c *Client) FramesChecked() int { return int(c.framesChecked.Load()) }

func (c *Client) send(operation string, payload any, key string, forgotten bool) (*Pending, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return nil, fmt.Errorf("make a request id: %w", err)
	}
	request, err := c.newRequest(toBase64URL(id), operation, payload, key)
	if err != nil {
		return nil, err
	}
	pending := &Pending{request: request, done: make(chan struct{}), forgotten: forgotten}
	c.mu.Lock()
	c.waiting[request.RequestID] = pending
	c.sequence = append(c.sequence, pending)
	socket := c.socket
	c.mu.Unlock()
	c.write(socket, request.Text)
	return pending, nil
}

func (c *Client) newRequest(id, operation string, payload any, key string) (Frame, error) {
	content, err := json.Marshal(payload)
	if err != nil {
		return Frame{}, fmt.Errorf("write the payload of %s: %w", operation, err)
	}
	frame := Frame{Kind: "request", RequestID: id, Type: operation, Payload: content, IdempotencyKey: key}
	if frame.Text, err = json.Marshal(frame); err != nil {
		return Frame{}, fmt.Errorf("write %s: %w", operation, err)
	}
	return frame, c.check(frame)
}

// write does not report a loss: the reader of the socket sees it too, and what was not sent goes with the next connection.
func (c *Client) write(socket *websocket.Conn, text []byte) {
	if socket == nil {
		return
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = socket.WriteMessage(websocket.TextMessage, text)
}

// read gives the next frame, checked, and its text as it came.
func (c *Client) read(socket *websocket.Conn) (Frame, string, error) {
	kind, text, err := socket.ReadMessage()
	if err != nil {
		return Frame{}, "", err
	}
	if kind != websocket.TextMessage {
		return Frame{}, "", fmt.Errorf("a binary frame: %w", errFinal)
	}
	frame, err := c.Contract.Decode(text)
	if err == nil {
		err = c.check(frame)
	}
	if err != nil {
		return Frame{}, "", fmt.Errorf("the gateway sent %s: %v: %w", text, err, errFinal)
	}
	return frame, string(text), nil
}

func (c *Client) check(frame Frame) error {
	c.framesChecked.Add(1)
	return c.Contract.CheckFrame(frame)
}

// settle gives a response to whoever waits for it. One that nobody waits for is dropped.
func (c *Client) settle(reply Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	pending := c.waiting[reply.RequestID]
	if pending == nil || pending.request.Type != reply.Type {
		return
	}
	pending.reply = reply
	c.end(pending)
}

// abandon ends every request that has no answer.
func (c *Client) abandon(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, pending := range c.waiting {
		pending.err = reason
		c.end(pending)
	}
}

// end is called with the lock held.
func (c *Client) end(pending *Pending) {
	delete(c.waiting, pending.request.RequestID)
	for i, other := range c.sequence {
		if other == pending {
			c.sequence = append(c.sequence[:i:i], c.sequence[i+1:]...)
			break
		}
	}
	close(pending.done)
}

// isFinal tells whether a loss is one that another try cannot mend.
func isFinal(err error) bool {
	var closed *websocket.CloseError
	return errors.Is(err, errFinal) || errors.As(err, &closed) && afterClose(closed.Code) == "stop"
}
