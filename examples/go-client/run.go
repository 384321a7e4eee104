package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"time"

	"github.com/gorilla/websocket"
)

const (
	firstDelay   = 250 * time.Millisecond
	longestDelay = 30 * time.Second
)

// afterClose says what a client does after a close code; 1006 is a loss without one.
func afterClose(code int) string {
	switch code {
	case 4001, 4003, 4005, 4006, 4007, 4008, 4009:
		return "stop" // a repeat cannot succeed
	}
	return "reconnect"
}

// Run connects, and again after every loss, until the context is done or nothing can mend it. It returns why it ended.
func (c *Client) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go c.dispatch(ctx)
	delay := firstDelay
	for {
		wait, opened, err := c.live(ctx)
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		if ctx.Err() != nil || isFinal(err) {
			c.abandon(err)
			return fmt.Errorf("the client ended: %w", err)
		}
		if opened {
			delay = firstDelay
		}
		// Random, so that peers that were lost together do not come back together.
		pause := delay/2 + time.Duration(rand.Int63n(int64(delay/2)))
		if pause < wait {
			pause = wait
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		if delay *= 2; delay > longestDelay {
			delay = longestDelay
		}
	}
}

// live is one connection, from the dial to its loss. It says how long the gateway told us to stay away, and whether it opened.
func (c *Client) live(ctx context.Context) (wait time.Duration, opened bool, err error) {
	socket, err := c.Dial(ctx)
	if err != nil {
		return 0, false, fmt.Errorf("dial: %w", err)
	}
	ended := make(chan struct{})
	defer close(ended)
	go func() { // a read does not look at the context
		select {
		case <-ctx.Done():
		case <-ended:
		}
		_ = socket.Close()
	}()
	session, err := shakeHands(socket, c, c.inbox.processed())
	if err != nil {
		return 0, false, fmt.Errorf("shake hands: %w", err)
	}
	if session.Recovery.Outcome == "snapshot_required" {
		return 0, false, fmt.Errorf("events are gone, read everything afresh: %s: %w", session.Recovery.Reason, errFinal)
	}
	keepAlive(socket, time.Duration(session.Heartbeat)*time.Millisecond)
	c.open(socket, session)
	defer c.shut()
	chain := session.Cursor
	for {
		frame, _, err := c.read(socket)
		if err != nil {
			return wait, true, err
		}
		switch frame.Kind {
		case "request":
			c.answer(socket, frame)
		case "event":
			if frame.Type == "gateway.draining" {
				wait = reconnectAfter(frame.Payload)
			}
			if frame.Cursor != "" {
				if frame.Prev != chain {
					return wait, true, fmt.Errorf("an event between %s and %s is missing", chain, frame.Prev)
				}
				chain = frame.Cursor
			}
			c.inbox.put(Event{ID: frame.EventID, Type: frame.Type, Payload: frame.Payload, Cursor: frame.Cursor})
		default:
			c.settle(frame)
		}
	}
}

// open takes a connection into use: first what had no answer is sent again, byte for byte, so that the gateway knows it.
func (c *Client) open(socket *websocket.Conn, session Session) {
	c.GatewayID = session.GatewayID
	// What was received and not processed comes again, after the cursor.
	c.inbox.restart(session.Cursor)
	if c.OnSession != nil {
		c.OnSession(session)
	}
	c.mu.Lock()
	var again [][]byte
	for _, pending := range append([]*Pending{}, c.sequence...) {
		if pending.forgotten {
			c.end(pending)
			continue
		}
		again = append(again, pending.request.Text)
	}
	c.socket = socket // from here on, requests are written by who makes them
	c.mu.Unlock()
	for _, text := range again {
		c.write(socket, text)
	}
}

func (c *Client) shut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.socket = nil
}

// answer says that we are there, which is all that a client is asked.
func (c *Client) answer(socket *websocket.Conn, request Frame) {
	yes, no := true, false
	reply := Frame{Kind: "ok_response", Type: request.Type, RequestID: request.RequestID, OK: &yes}
	if request.Type != "ping" {
		reply.Kind, reply.OK = "error_response", &no
		reply.Error = &ErrorBody{Code: "unsupported_operation", Message: "not served here"}
	}
	text, err := json.Marshal(reply)
	if reply.Text = text; err == nil && c.check(reply) == nil {
		c.write(socket, text)
	}
}

// dispatch hands events to the application, one after the other.
func (c *Client) dispatch(ctx context.Context) {
	go func() {
		<-ctx.Done()
		c.inbox.close()
	}()
	for {
		event, ok := c.inbox.take()
		if !ok {
			return
		}
		if event.Type != "events.bookmark" && c.OnEvent != nil { // a bookmark only moves the cursor
			c.OnEvent(event)
		}
		if c.inbox.done(event) {
			_, _ = c.send("events.ack", map[string]string{"cursor": event.Cursor}, "", true)
		}
	}
}

// keepAlive makes a read fail when the gateway, which pings, is silent for three heartbeats.
func keepAlive(socket *websocket.Conn, heartbeat time.Duration) {
	extend := func() { _ = socket.SetReadDeadline(time.Now().Add(3 * heartbeat)) }
	pong := socket.PingHandler()
	socket.SetPingHandler(func(data string) error {
		extend()
		return pong(data)
	})
	extend()
}

func reconnectAfter(payload json.RawMessage) time.Duration {
	var draining struct {
		ReconnectAfterMs int `json:"reconnect_after_ms"`
	}
	_ = json.Unmarshal(payload, &draining) // it was checked against its schema
	return time.Duration(draining.ReconnectAfterMs) * time.Millisecond
}
