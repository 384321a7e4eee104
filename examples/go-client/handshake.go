package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/gorilla/websocket"
)

// Session is an open connection, as both sides agreed on it.
type Session struct {
	GatewayID  string
	Recovery   Recovery
	Cursor     string // where in the log it begins: the prev of the first event
	Durability string
	Heartbeat  int // milliseconds between the pings of the gateway
}

// Recovery is what became of the wish to resume: fresh, resumed, or snapshot_required with a reason.
type Recovery struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty"`
}

// errFinal marks what another try cannot mend.
var errFinal = errors.New("another try cannot mend it")

type initPayload struct {
	ProtocolRev  int               `json:"protocol_rev"`
	ProtocolRevs []int             `json:"protocol_revs"`
	Role         string            `json:"role"`
	Device       map[string]string `json:"device"`
	Capabilities []any             `json:"capabilities"`
	ClientNonce  string            `json:"client_nonce"`
	ContractHash string            `json:"contract_hash"`
	Resume       *resume           `json:"resume,omitempty"`
}

type resume struct {
	Cursor string `json:"cursor"`
}

type initResult struct {
	ConnectionID string `json:"connection_id"`
	ContractHash string `json:"contract_hash"`
	Durability   string `json:"durability"`
	Gateway      struct {
		GatewayID string `json:"gateway_id"`
		PubKey    string `json:"pubkey"`
	} `json:"gateway"`
	Limits struct {
		HeartbeatMs int `json:"heartbeat_ms"`
	} `json:"limits"`
}

type proofPayload struct {
	ConnectionID string `json:"connection_id"`
	Proof        string `json:"proof"`
}

type proofResult struct {
	GatewayProof string   `json:"gateway_proof"`
	Recovery     Recovery `json:"recovery"`
	Cursor       string   `json:"cursor"`
}

// shakeHands opens a connection with both sides proven. With a gatewayID it is pinned: another gateway is not talked to.
func shakeHands(socket *websocket.Conn, c *Client, cursor string) (Session, error) {
	nonce := make([]byte, 32)
	if _, err := rand.Read(nonce); err != nil {
		return Session{}, fmt.Errorf("make a nonce: %w", err)
	}
	offer := initPayload{
		ProtocolRev:  c.Contract.Revision,
		ProtocolRevs: []int{c.Contract.Revision},
		Role:         "client",
		Device:       map[string]string{"device_id": c.Identity.DeviceID(), "pubkey": c.Identity.PubKey(), "label": c.Label},
		Capabilities: []any{},
		ClientNonce:  toBase64URL(nonce),
		ContractHash: c.Contract.Hash,
	}
	if cursor != "" {
		offer.Resume = &resume{Cursor: cursor}
	}
	var result initResult
	initText, resultText, err := ask(socket, c, "1", "connect.init", offer, &result)
	if err != nil {
		return Session{}, err
	}
	gatewayDER, err := judgeGateway(c, result)
	if err != nil {
		return Session{}, fmt.Errorf("%v: %w", err, errFinal)
	}

	facts := MutualFacts{
		Revision:     strconv.Itoa(c.Contract.Revision),
		ConnectionID: result.ConnectionID,
		DeviceID:     c.Identity.DeviceID(),
		GatewayID:    result.Gateway.GatewayID,
		InitText:     initText,
		ResultText:   resultText,
	}
	proof := proofPayload{ConnectionID: result.ConnectionID, Proof: c.Identity.Sign(facts.PeerTranscript())}
	var proven proofResult
	if _, _, err := ask(socket, c, "2", "connect.proof", proof, &proven); err != nil {
		return Session{}, err
	}
	// Before this nothing that the gateway said is to be believed.
	if !verify(gatewayDER, facts.GatewayTranscript(proof.Proof), proven.GatewayProof) {
		return Session{}, fmt.Errorf("the gateway did not prove that it holds its key: %w", errFinal)
	}
	return Session{
		GatewayID:  result.Gateway.GatewayID,
		Recovery:   proven.Recovery,
		Cursor:     proven.Cursor,
		Durability: result.Durability,
		Heartbeat:  result.Limits.HeartbeatMs,
	}, nil
}

func judgeGateway(c *Client, result initResult) (der []byte, err error) {
	if result.ContractHash != c.Contract.Hash {
		return nil, errors.New("the gateway has another contract")
	}
	if der, err = readPubKey(result.Gateway.PubKey); err != nil {
		return nil, err
	}
	found := result.Gateway.GatewayID
	if idOf("gw", der) != found {
		return nil, errors.New("the id of the gateway is not that of its key")
	}
	if c.GatewayID != "" && c.GatewayID != found {
		return nil, fmt.Errorf("expected the gateway %s, found %s", c.GatewayID, found)
	}
	return der, nil
}

// ask sends a request and reads its response: both texts as they travelled, and what the response says.
func ask(socket *websocket.Conn, c *Client, id, operation string, payload, result any) (sent, received string, err error) {
	request, err := c.newRequest(id, operation, payload, "")
	if err != nil {
		return "", "", err
	}
	if err := socket.WriteMessage(websocket.TextMessage, request.Text); err != nil {
		return "", "", fmt.Errorf("send %s: %w", operation, err)
	}
	reply, text, err := c.read(socket)
	if err != nil {
		return "", "", fmt.Errorf("read the response to %s: %w", operation, err)
	}
	if reply.Kind == "error_response" { // revision_unsupported or contract_mismatch: somebody has to upgrade
		return "", "", fmt.Errorf("%s: %v: %w", operation, reply.Error, errFinal)
	}
	if reply.Kind != "ok_response" || reply.RequestID != id || reply.Type != operation {
		return "", "", fmt.Errorf("expected the response to %s: %w", operation, errFinal)
	}
	if err := json.Unmarshal(reply.Result, result); err != nil {
		return "", "", fmt.Errorf("read the result of %s: %w", operation, err)
	}
	return string(request.Text), text, nil
}
