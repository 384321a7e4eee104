package main

import (
	"errors"
	"strconv"
	"strings"
)

func (s suite) frames() (int, error) {
	vectors, err := read[struct {
		Cases []struct {
			Name, Frame, Kind string
			Revision          int
			UnknownKeys       string `json:"unknown_keys"`
			Path              []string
			RequestID         string `json:"request_id"`
			ResponseTo        string `json:"response_to"`
		}
	}](s, "frames.json")
	if err != nil {
		return 0, err
	}
	for _, one := range vectors.Cases {
		contract := map[int]*Contract{2: s.old, 3: s.new}[one.Revision]
		contract.RefuseUnknown = one.UnknownKeys == "refuse"
		frame, err := contract.Decode([]byte(one.Frame))
		var wrong *Malformed
		if !errors.As(err, &wrong) {
			kind := strings.TrimPrefix(strings.TrimPrefix(frame.Kind, "ok_"), "error_")
			if err := expect(one.Name, kind, one.Kind); err != nil {
				return 0, err
			}
			continue
		}
		found := []any{"malformed", wrong.Path, wrong.RequestID, wrong.ResponseTo}
		if err := expect(one.Name, found, []any{one.Kind, one.Path, one.RequestID, one.ResponseTo}); err != nil {
			return 0, err
		}
	}
	return len(vectors.Cases), nil
}

func (s suite) closeCodes() (int, error) {
	vectors, err := read[struct {
		Cases []struct {
			Code int
			Then string
		}
	}](s, "close-codes.json")
	if err != nil {
		return 0, err
	}
	for _, one := range vectors.Cases {
		if err := expect(strconv.Itoa(one.Code), afterClose(one.Code), one.Then); err != nil {
			return 0, err
		}
	}
	return len(vectors.Cases), nil
}
