package main

import (
	"encoding/json"
	"fmt"
)

func (s suite) agreement() (int, error) {
	vectors, err := read[struct {
		Cases []struct {
			Offer    offer
			Served   served
			Expected any
		}
	}](s, "agreement.json")
	if err != nil {
		return 0, err
	}
	for _, one := range vectors.Cases {
		if err := expect(fmt.Sprint(one.Offer), agree(one.Offer, one.Served), one.Expected); err != nil {
			return 0, err
		}
	}
	return len(vectors.Cases), nil
}

func (s suite) cursors() (int, error) {
	vectors, err := read[struct {
		Connection audience
		Logs       map[string]eventLog
		Cases      []struct {
			Name, Log     string
			Resume, Acked json.RawMessage
			Recovery      Recovery
			CursorAt      int `json:"cursor_at"`
		}
	}](s, "cursors.json")
	if err != nil {
		return 0, err
	}
	for _, one := range vectors.Cases {
		wish, log := one.Resume, vectors.Logs[one.Log]
		if string(wish) == `"acked"` {
			wish = one.Acked
		}
		recovery, at := Recovery{Outcome: "fresh"}, log.Head
		if string(wish) != "null" {
			made := new(cursor)
			if json.Unmarshal(wish, made) != nil {
				made = nil // a text, which is none of ours
			}
			recovery = Recovery{Outcome: "snapshot_required", Reason: whyNot(made, vectors.Connection, log)}
			if recovery.Reason == "" {
				recovery, at = Recovery{Outcome: "resumed"}, made.Position
			}
		}
		if err := expect(one.Name, []any{recovery, at}, []any{one.Recovery, one.CursorAt}); err != nil {
			return 0, err
		}
	}
	return len(vectors.Cases), nil
}

func (s suite) casts() (int, error) {
	vectors, err := read[struct {
		Send []struct {
			At2, At3 object
		}
		SendResult struct{ At3, At2 object } `json:"send_result"`
		Events     []struct {
			Type    string
			Payload object
			At2     []any
		}
		Refusals []struct {
			Type     string
			At3, At2 object
		}
	}](s, "casts.json")
	if err != nil {
		return 0, err
	}
	for _, one := range vectors.Send {
		cast := sendUp(one.At2)
		if err := expect("conversation.send", cast, one.At3); err != nil {
			return 0, err
		}
		if err := s.fits(s.old, "requests/conversation.send.payload", one.At2); err != nil {
			return 0, err
		}
		if cast == nil {
			continue
		}
		if err := s.fits(s.new, "requests/conversation.send.payload", cast); err != nil {
			return 0, err
		}
	}
	if err := expect("its result", object{"stream_id": vectors.SendResult.At3["turn_id"]}, vectors.SendResult.At2); err != nil {
		return 0, err
	}
	for _, one := range vectors.Events {
		if err := s.fits(s.new, "events/"+one.Type, one.Payload); err != nil {
			return 0, err
		}
		words := eventDown(one.Type, one.Payload, s.old)
		if err := expect(one.Type, words, one.At2); err != nil {
			return 0, err
		}
		for _, word := range words {
			said := word.(object)
			if err := s.fits(s.old, "events/"+said["type"].(string), said["payload"]); err != nil {
				return 0, err
			}
		}
	}
	for _, one := range vectors.Refusals {
		if err := expect(one.Type, refusalDown(one.Type, one.At3, s.old), one.At2); err != nil {
			return 0, err
		}
	}
	return len(vectors.Send) + 1 + len(vectors.Events) + len(vectors.Refusals), nil
}

func (s suite) fits(contract *Contract, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return contract.Check(name, text)
}
