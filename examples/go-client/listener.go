package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// listener writes down what a client hears.
type listener struct {
	mu       sync.Mutex
	events   []heard
	sessions []Session
	changed  chan struct{} // closed and replaced with everything that is written down
}

type heard struct {
	id, kind, turn string
	kept           bool
}

func newListener() *listener { return &listener{changed: make(chan struct{})} }

func (l *listener) onEvent(event Event) {
	var of struct {
		TurnID string `json:"turn_id"`
	}
	_ = json.Unmarshal(event.Payload, &of) // it was checked against its schema
	l.note(func() {
		l.events = append(l.events, heard{id: event.ID, kind: event.Type, turn: of.TurnID, kept: event.Cursor != ""})
	})
}

func (l *listener) onSession(session Session) {
	l.note(func() { l.sessions = append(l.sessions, session) })
}

func (l *listener) note(write func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	write()
	close(l.changed)
	l.changed = make(chan struct{})
}

// connected waits for the first connection.
func (l *listener) connected(ctx context.Context) error {
	return l.until(ctx, "the connection", func() bool { return len(l.sessions) > 0 })
}

// turn waits until a turn is over.
func (l *listener) turn(ctx context.Context, id string) error {
	return l.until(ctx, "the turn", func() bool {
		for _, event := range l.events {
			if event.kind == "turn.completed" && event.turn == id {
				return true
			}
		}
		return false
	})
}

func (l *listener) until(ctx context.Context, what string, holds func() bool) error {
	for {
		l.mu.Lock()
		done, changed := holds(), l.changed
		l.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		case <-changed:
		}
	}
}

// ofTurns are the kept events of all turns, in the order in which they came.
func (l *listener) ofTurns() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []string
	for _, event := range l.events {
		if event.kept && event.turn != "" {
			ids = append(ids, event.id)
		}
	}
	return ids
}

func (l *listener) story(turn string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var kinds []string
	for _, event := range l.events {
		if event.turn == turn {
			kinds = append(kinds, event.kind)
		}
	}
	return strings.Join(kinds, " → ")
}

// session is the newest one.
func (l *listener) session() Session {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sessions[len(l.sessions)-1]
}

func (l *listener) outcomes() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var outcomes []string
	for _, session := range l.sessions {
		outcomes = append(outcomes, session.Recovery.Outcome)
	}
	return outcomes
}
