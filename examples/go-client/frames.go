package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

const maxDepth = 64

// Frame is one message of the wire. Which of its fields are there depends on its kind.
type Frame struct {
	// Kind is request, ok_response, error_response or event: the names of the schemas of envelopes.
	Kind string `json:"-"`
	// Text is the frame as it travels.
	Text []byte `json:"-"`

	Type           string          `json:"type"`
	RequestID      string          `json:"request_id,omitempty"`
	Payload        json.RawMessage `json:"payload,omitempty"`
	IdempotencyKey string          `json:"idempotency_key,omitempty"`

	OK       *bool           `json:"ok,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
	Error    *ErrorBody      `json:"error,omitempty"`
	Replayed bool            `json:"replayed,omitempty"`

	EventID string `json:"event_id,omitempty"`
	Cursor  string `json:"cursor,omitempty"`
	Prev    string `json:"prev,omitempty"`
}

// ErrorBody is a refusal. It is an error of Go too.
type ErrorBody struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (e *ErrorBody) Error() string { return e.Code + ": " + e.Message }

// Malformed says why a text is no frame, and what of it can still be answered.
type Malformed struct {
	// Path leads to the place; it is empty where the whole is wrong.
	Path    []string
	Message string
	// RequestID is that of a request, ResponseTo that of the request whose response this was meant to be.
	RequestID, ResponseTo string
}

func (m *Malformed) Error() string {
	return fmt.Sprintf("malformed frame at %v: %s", m.Path, m.Message)
}

// Decode reads an envelope; what it carries is for CheckFrame. Anything wrong with it is a *Malformed.
func (c *Contract) Decode(text []byte) (Frame, error) {
	if tooDeep(text) {
		return Frame{}, &Malformed{Path: []string{}, Message: fmt.Sprintf("nested deeper than %d", maxDepth)}
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil || keys == nil {
		return Frame{}, &Malformed{Path: []string{}, Message: "not a JSON object"}
	}
	kind := kindOf(keys)
	if kind == "" {
		return Frame{}, &Malformed{Path: []string{"ok"}, Message: "neither true nor false", ResponseTo: requestID(keys, c.Revision)}
	}
	known := text
	if !c.RefuseUnknown {
		for key := range keys {
			if _, is := c.schemas["frames/"+kind].Properties[key]; !is {
				delete(keys, key)
			}
		}
		var err error
		if known, err = json.Marshal(keys); err != nil {
			return Frame{}, fmt.Errorf("write what is known of a frame: %w", err)
		}
	}
	if err := c.Check("frames/"+kind, known); err != nil {
		return Frame{}, malformed(err, kind, requestID(keys, c.Revision))
	}
	frame := Frame{Kind: kind}
	if err := json.Unmarshal(known, &frame); err != nil {
		return Frame{}, fmt.Errorf("read a frame: %w", err)
	}
	frame.Text = known
	return frame, nil
}

func malformed(err error, kind, requestID string) error {
	found := &Malformed{Path: []string{}, Message: err.Error()}
	var violation *ContractViolation
	if errors.As(err, &violation) && violation.Key != "" {
		found.Path = []string{violation.Key}
	}
	switch kind {
	case "request":
		found.RequestID = requestID
	case "ok_response", "error_response":
		found.ResponseTo = requestID
	}
	return found
}

func kindOf(keys map[string]json.RawMessage) string {
	if ok, is := keys["ok"]; is {
		return map[string]string{"true": "ok_response", "false": "error_response"}[string(ok)]
	}
	if _, is := keys["event_id"]; is {
		return "event"
	}
	return "request"
}

// requestID is the request_id, if it is one.
func requestID(keys map[string]json.RawMessage, revision int) string {
	longest := 128
	if revision < 3 {
		longest = 256
	}
	var id string
	if json.Unmarshal(keys["request_id"], &id) != nil || utf8.RuneCountInString(id) > longest {
		return ""
	}
	return id
}

// tooDeep looks before anything is parsed.
func tooDeep(text []byte) bool {
	depth, inString, escaped := 0, false, false
	for _, b := range text {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = b == '\\', b != '"'
		case b == '"':
			inString = true
		case b == '[' || b == '{':
			if depth++; depth > maxDepth {
				return true
			}
		case b == ']' || b == '}':
			depth--
		}
	}
	return false
}
