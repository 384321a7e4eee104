package main

import "unicode/utf16"

// Rules that only a gateway applies. A client needs none of them; they are here because the vectors cover them.

type offer struct {
	ProtocolRev  int         `json:"protocol_rev"`
	ProtocolRevs []int       `json:"protocol_revs"`
	ContractHash string      `json:"contract_hash"`
	Extensions   []extension `json:"extensions"`
}

type extension struct {
	ID     string         `json:"id"`
	Hash   string         `json:"hash"`
	Hashes map[int]string `json:"hashes"`
}

type served struct {
	Revisions  []int          `json:"revisions"`
	Hashes     map[int]string `json:"hashes"`
	Extensions []extension    `json:"extensions"`
}

// agree is which revision two sides speak, or why none (docs/protocol.md, section 10).
func agree(offer offer, served served) object {
	bare := offer.ProtocolRevs == nil
	offered := offer.ProtocolRevs
	if bare {
		offered = []int{offer.ProtocolRev}
	}
	revision, highest := 0, 0
	for _, candidate := range offered {
		if candidate > highest {
			highest = candidate
		}
		// Without the list only revision 2 can be meant, whatever the number says.
		if contains(served.Revisions, candidate) && candidate > revision && (!bare || candidate == 2) {
			revision = candidate
		}
	}
	if revision == 0 {
		upgrade := "gateway"
		if served.Revisions[len(served.Revisions)-1] > highest {
			upgrade = "client"
		}
		details := object{"offered": offered, "supported": served.Revisions, "upgrade": upgrade}
		return object{"outcome": "revision_unsupported", "details": details}
	}
	expected := served.Hashes[revision]
	if !bare && revision == offer.ProtocolRev && offer.ContractHash != expected {
		details := object{"revision": revision, "expected": expected, "received": offer.ContractHash}
		return object{"outcome": "contract_mismatch", "details": details}
	}
	agreed := []string{}
	for _, ours := range served.Extensions {
		for _, theirs := range offer.Extensions {
			if ours.ID == theirs.ID && ours.Hashes[revision] == theirs.Hash {
				agreed = append(agreed, ours.ID)
			}
		}
	}
	return object{"outcome": "agreed", "revision": revision, "extensions": agreed}
}

type audience struct {
	Tenant   string   `json:"tenant"`
	DeviceID string   `json:"device_id"`
	Role     string   `json:"role"`
	Scopes   []string `json:"scopes"`
	Revision int      `json:"revision"`
}

type cursor struct {
	audience
	Epoch     string `json:"epoch"`
	Position  int    `json:"position"`
	EventID   string `json:"event_id"`
	Authentic bool   `json:"authentic"`
}

type eventLog struct {
	Epoch    string         `json:"epoch"`
	Floor    int            `json:"floor"`
	Head     int            `json:"head"`
	EventIDs map[int]string `json:"event_ids"`
}

// whyNot is the reason why a cursor cannot be resumed from, "" where it can: the table of section 6. A text that is no cursor is nil.
func whyNot(cursor *cursor, connection audience, log eventLog) string {
	switch {
	case cursor == nil || !cursor.Authentic || cursor.Tenant != connection.Tenant || cursor.DeviceID != connection.DeviceID:
		return "unknown_cursor"
	case cursor.Revision != connection.Revision:
		return "revision_changed"
	case cursor.Role != connection.Role || !sameSet(cursor.Scopes, connection.Scopes):
		return "scope_changed"
	case cursor.Epoch != log.Epoch || cursor.Position > log.Head:
		return "epoch_changed"
	case cursor.Position < log.Floor:
		return "trimmed"
	case cursor.EventID != log.EventIDs[cursor.Position]:
		return "epoch_changed"
	}
	return ""
}

// sendUp says a conversation.send of revision 2 in the words of revision 3; nil where no user says anything (section 10).
func sendUp(payload object) object {
	up := object{"conversation_id": payload["conversation_id"]}
	if metadata, is := payload["metadata"]; is {
		up["metadata"] = metadata
	}
	if payload["trigger"] == "regenerate-message" {
		up["content"], up["regenerate"] = []any{}, true
		return up
	}
	messages, _ := payload["messages"].([]any)
	for i := len(messages) - 1; i >= 0; i-- {
		message := messages[i].(object)
		if message["role"] != "user" {
			continue
		}
		up["content"], up["message_id"] = message["parts"], message["id"]
		if id, is := payload["message_id"]; is {
			up["message_id"] = id
		}
		return up
	}
	return nil
}

// refusalDown is what revision 2 answers instead of a refusal of revision 3; nil where it refuses as well.
func refusalDown(operation string, refusal object, old *Contract) object {
	details, _ := refusal["details"].(object)
	approval, is := details["approval"].(object)
	decided := refusal["code"] == "conflict" || refusal["code"] == "invalid_state"
	if operation != "approval.resolve" || !decided || !is {
		return nil
	}
	return object{"result": object{"approval": known(approval, "values/Approval", old)}}
}

// eventDown says an event of revision 3 in the words of revision 2: none, or itself, behind parts of the stream.
func eventDown(kind string, payload object, old *Contract) []any {
	words := []any{}
	turn, of := payload["turn_id"]
	device, by := payload["requested_by"]
	if of && by {
		for _, part := range streamParts(kind, payload) {
			part["stream_id"] = turn
			words = append(words, object{"type": "chat.ui-message.stream", "payload": part, "device_id": device})
		}
	}
	if old.Knows("events/" + kind) {
		words = append(words, object{"type": kind, "payload": known(payload, "events/"+kind, old)})
	}
	return words
}

// known is what of a value a schema has fields for.
func known(value object, schema string, contract *Contract) object {
	kept := object{}
	for field := range contract.schemas[schema].Properties {
		if part, is := value[field]; is {
			kept[field] = part
		}
	}
	return kept
}

func streamParts(kind string, payload object) []object {
	switch kind {
	case "turn.started":
		return []object{chunk("start", object{})}
	case "turn.completed":
		return []object{chunk("finish", object{}), {"stage": "done"}}
	case "turn.cancelled":
		return []object{chunk("abort", object{}), {"stage": "done"}}
	case "turn.failed":
		message := any("the turn failed")
		if failed, is := payload["error"].(object); is {
			message = failed["message"]
		}
		return []object{{"stage": "error", "error": object{"message": message}}}
	case "message.delta", "message.final":
		if payload["role"] != "assistant" {
			return nil
		}
		return textParts("text", payload["message_id"], payload)
	case "reasoning.delta", "reasoning.final":
		return textParts("reasoning", payload["reasoning_id"], payload)
	}
	return nil
}

func textParts(kind string, id any, payload object) (parts []object) {
	streamed, _ := payload["streamed"].(float64)
	said, isDelta := payload["delta"].(string)
	begins := streamed == 0
	if isDelta {
		begins = payload["offset"] == 0.0
	} else {
		content, _ := payload["content"].(string)
		// The wire counts in UTF-16 code units.
		said = string(utf16.Decode(utf16.Encode([]rune(content))[int(streamed):]))
	}
	if begins {
		parts = append(parts, chunk(kind+"-start", object{"id": id}))
	}
	if isDelta || said != "" {
		parts = append(parts, chunk(kind+"-delta", object{"id": id, "delta": said}))
	}
	if !isDelta {
		parts = append(parts, chunk(kind+"-end", object{"id": id}))
	}
	return parts
}

func chunk(kind string, content object) object {
	content["type"] = kind
	return object{"stage": "chunk", "chunk": content}
}

func contains(all []int, one int) bool {
	for _, other := range all {
		if other == one {
			return true
		}
	}
	return false
}

func sameSet(one, other []string) bool {
	in := map[string]bool{}
	for _, value := range one {
		in[value] = true
	}
	for _, value := range other {
		if !in[value] {
			return false
		}
	}
	return len(in) == len(other)
}
