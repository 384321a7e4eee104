package main

import "sync"

const (
	acknowledgeEvery = 64
	remembered       = 4096
)

// inbox holds events between the socket and the application, and knows which have been processed.
type inbox struct {
	mu             sync.Mutex
	filled         *sync.Cond
	events         []Event
	closed         bool
	cursor         string // of the last event that was processed
	unacknowledged int
	seen           map[string]bool
	order          []string
}

func newInbox() *inbox {
	in := &inbox{seen: map[string]bool{}}
	in.filled = sync.NewCond(&in.mu)
	return in
}

// restart begins a connection: what waits is thrown away, because it comes again.
func (in *inbox) restart(cursor string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.events, in.cursor, in.unacknowledged = nil, cursor, 0
}

func (in *inbox) put(event Event) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.events = append(in.events, event)
	in.filled.Signal()
}

// take waits for the next event that the application has not been given yet; false means that there will be none.
func (in *inbox) take() (Event, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for {
		for len(in.events) == 0 && !in.closed {
			in.filled.Wait()
		}
		if in.closed {
			return Event{}, false
		}
		event := in.events[0]
		in.events = in.events[1:]
		if !in.isRepeated(event.ID) {
			return event, true
		}
		if event.Cursor != "" {
			in.cursor = event.Cursor
		}
	}
}

// done notes that an event has been processed, and tells whether that is to be acknowledged now.
func (in *inbox) done(event Event) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if event.Cursor == "" {
		return false
	}
	in.cursor = event.Cursor
	in.unacknowledged++
	if in.unacknowledged < acknowledgeEvery && len(in.events) > 0 {
		return false
	}
	in.unacknowledged = 0
	return true
}

// processed is where to resume.
func (in *inbox) processed() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.cursor
}

func (in *inbox) close() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.closed = true
	in.filled.Broadcast()
}

func (in *inbox) isRepeated(id string) bool {
	if in.seen[id] {
		return true
	}
	in.seen[id] = true
	if in.order = append(in.order, id); len(in.order) > remembered {
		delete(in.seen, in.order[0])
		in.order = in.order[1:]
	}
	return false
}
