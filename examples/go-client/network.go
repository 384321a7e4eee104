package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// network is the way to the gateway, which can be cut: what is connected dies, and nobody connects until it is mended.
type network struct {
	url, token string

	mu      sync.Mutex
	mended  chan struct{} // closed while it works
	sockets []*websocket.Conn
}

func newNetwork(url, token string) *network {
	works := make(chan struct{})
	close(works)
	return &network{url: url, token: token, mended: works}
}

func (n *network) dial(ctx context.Context) (*websocket.Conn, error) {
	n.mu.Lock()
	mended := n.mended
	n.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-mended:
	}
	dialer := websocket.Dialer{Subprotocols: []string{"tyrum-v1"}}
	socket, response, err := dialer.DialContext(ctx, n.url, http.Header{"Authorization": {"Bearer " + n.token}})
	if err != nil {
		if response != nil && response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable {
			return nil, fmt.Errorf("refused with HTTP %d: %w", response.StatusCode, errFinal)
		}
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sockets = append(n.sockets, socket)
	return socket, nil
}

// cut ends the TCP connections themselves: no closing frame, and what is unread is lost.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mended = make(chan struct{})
	for _, socket := range n.sockets {
		if tcp, ok := socket.UnderlyingConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = socket.UnderlyingConn().Close()
	}
	n.sockets = nil
}

func (n *network) mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.mended)
}
