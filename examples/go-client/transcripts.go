package main

import "strings"

// MutualFacts are what both proofs of revision 3 are about. The two frames are hashed byte for byte as they were sent.
type MutualFacts struct {
	Revision     string
	ConnectionID string
	DeviceID     string
	GatewayID    string
	InitText     string
	ResultText   string
}

// PeerTranscript is what the peer signs.
func (f MutualFacts) PeerTranscript() string {
	return lines(append([]string{"tyrum-connect-proof-v" + f.Revision}, f.lines()...)...)
}

// GatewayTranscript is what the gateway signs, when it has seen the proof of the peer.
func (f MutualFacts) GatewayTranscript(proof string) string {
	all := append([]string{"tyrum-gateway-proof-v" + f.Revision}, f.lines()...)
	return lines(append(all, "proof_sha256="+sha256Base64URL([]byte(proof)))...)
}

func (f MutualFacts) lines() []string {
	return []string{
		"protocol_rev=" + f.Revision,
		"connection_id=" + f.ConnectionID,
		"device_id=" + f.DeviceID,
		"gateway_id=" + f.GatewayID,
		"init_sha256=" + sha256Base64URL([]byte(f.InitText)),
		"result_sha256=" + sha256Base64URL([]byte(f.ResultText)),
	}
}

// transcriptAt2 is what a peer of revision 2 signs; the gateway of revision 2 signs nothing.
func transcriptAt2(role, deviceID, connectionID, challenge string) string {
	return lines(
		"tyrum-connect-proof",
		"protocol_rev=2",
		"role="+role,
		"device_id="+deviceID,
		"connection_id="+connectionID,
		"challenge="+challenge,
	)
}

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }
