package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

type object = map[string]any

// converse tells a conversation through a cut connection on the terminal, and counts what happened.
func converse(ctx context.Context, url, token, gatewayID string, contract *Contract) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ended := make(chan error, 2)
	between := newNetwork(url, token)
	traveller, away, err := start(ctx, between, gatewayID, "the traveller", contract, ended)
	if err != nil {
		return err
	}
	atHome, home, err := start(ctx, newNetwork(url, token), gatewayID, "the one at home", contract, ended)
	if err != nil {
		return err
	}
	story := make(chan error, 1)
	go func() { story <- tell(ctx, between, traveller, atHome, away, home) }()
	select {
	case err := <-story:
		return err
	case err := <-ended: // a client has given up, and the story with it
		return err
	}
}

func start(ctx context.Context, way *network, gatewayID, label string, contract *Contract, ended chan<- error) (*Client, *listener, error) {
	identity, err := NewIdentity()
	if err != nil {
		return nil, nil, err
	}
	listener := newListener()
	client := NewClient(Options{
		Dial:      way.dial,
		Identity:  identity,
		Contract:  contract,
		GatewayID: gatewayID,
		Label:     label,
		OnEvent:   listener.onEvent,
		OnSession: listener.onSession,
	})
	go func() { ended <- client.Run(ctx) }()
	return client, listener, nil
}

func tell(ctx context.Context, between *network, traveller, atHome *Client, away, home *listener) error {
	for _, listener := range []*listener{away, home} {
		if err := listener.connected(ctx); err != nil {
			return err
		}
	}
	session := away.session()
	fmt.Printf("connected at revision %d to %s, which proved itself\n", traveller.Contract.Revision, session.GatewayID)
	fmt.Printf("effects are kept on %s; recovery: %s\n", session.Durability, session.Recovery.Outcome)

	var created struct {
		Conversation struct {
			ID string `json:"conversation_id"`
		} `json:"conversation"`
	}
	if err := request(ctx, traveller, "conversation.create", object{"title": "from Go"}, &created); err != nil {
		return err
	}
	saying := func(text string) object {
		return object{"conversation_id": created.Conversation.ID, "content": []object{{"type": "text", "text": text}}}
	}

	hello, err := traveller.Request(ctx, "conversation.send", saying("hello"), "hello")
	if err != nil {
		return err
	}
	if err := away.turn(ctx, turnOf(hello)); err != nil {
		return err
	}
	fmt.Printf("the first turn: %s\n", away.story(turnOf(hello)))

	unanswered, err := traveller.Send("conversation.send", saying("can you hear me?"), "")
	if err != nil {
		return err
	}
	between.cut()
	fmt.Println("the TCP connection of the traveller is cut, while a request is under way")
	meanwhile, err := atHome.Request(ctx, "conversation.send", saying("nobody is listening"), "")
	if err != nil {
		return err
	}
	if err := home.turn(ctx, turnOf(meanwhile)); err != nil {
		return err
	}
	fmt.Printf("meanwhile, heard at home only: %s\n", home.story(turnOf(meanwhile)))

	between.mend()
	second, err := unanswered.Wait(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("the traveller is back with its cursor; recovery: %s\n", away.session().Recovery.Outcome)
	for _, turn := range []Response{second, meanwhile} {
		for _, listener := range []*listener{away, home} {
			if err := listener.turn(ctx, turnOf(turn)); err != nil {
				return err
			}
		}
	}
	again, err := traveller.Request(ctx, "conversation.send", saying("hello"), "hello")
	if err != nil {
		return err
	}
	said, err := sentences(ctx, traveller, created.Conversation.ID)
	if err != nil {
		return err
	}

	heard := away.ofTurns()
	checked := traveller.FramesChecked() + atHome.FramesChecked()
	fmt.Println("what happened, counted:")
	return claims{
		{"the connection was lost once, and resumed", strings.Join(away.outcomes(), " ") == "fresh resumed"},
		{fmt.Sprintf("%d kept events of three turns came, none of them twice", len(heard)), allDifferent(heard)},
		{"none was missed: at home the same were heard, in the same order", strings.Join(heard, " ") == strings.Join(home.ofTurns(), " ")},
		{"three sentences were said, each once, also the one that the cut went through", len(said) == 3 && allDifferent(said)},
		{"a repeat under the same key did nothing, and got the same answer", again.Replayed && bytes.Equal(again.Result, hello.Result)},
		{fmt.Sprintf("%d frames were checked against the schemas, in both directions", checked), checked > 0},
	}.check()
}

// request sends a request and reads its result into a value.
func request(ctx context.Context, client *Client, operation string, payload, result any) error {
	response, err := client.Request(ctx, operation, payload, "")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(response.Result, result); err != nil {
		return fmt.Errorf("read the result of %s: %w", operation, err)
	}
	return nil
}

func turnOf(sent Response) string {
	var result struct {
		TurnID string `json:"turn_id"`
	}
	_ = json.Unmarshal(sent.Result, &result) // it was checked against its schema
	return result.TurnID
}

// sentences are what the users of a conversation said.
func sentences(ctx context.Context, client *Client, conversationID string) ([]string, error) {
	var read struct {
		Conversation struct {
			Messages []struct {
				Role  string `json:"role"`
				Parts []struct {
					Text string `json:"text"`
				} `json:"parts"`
			} `json:"messages"`
		} `json:"conversation"`
	}
	if err := request(ctx, client, "conversation.get", object{"conversation_id": conversationID}, &read); err != nil {
		return nil, err
	}
	var said []string
	for _, message := range read.Conversation.Messages {
		for _, part := range message.Parts {
			if message.Role == "user" {
				said = append(said, part.Text)
			}
		}
	}
	return said, nil
}

type claims []struct {
	claim string
	holds bool
}

func (all claims) check() error {
	var failed error
	for _, one := range all {
		mark := "✓"
		if !one.holds {
			mark, failed = "✗", errClaim
		}
		fmt.Printf("  %s %s\n", mark, one.claim)
	}
	return failed
}

func allDifferent(values []string) bool {
	seen := map[string]bool{}
	for _, value := range values {
		seen[value] = true
	}
	return len(seen) == len(values)
}
