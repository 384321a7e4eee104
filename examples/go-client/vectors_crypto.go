package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
)

type identityVectors struct {
	Accepted []struct {
		PrivateKeyHex string `json:"private_key_hex"`
		PubKey        string `json:"pubkey"`
		DeviceID      string `json:"device_id"`
		GatewayID     string `json:"gateway_id"`
	}
	Refused []struct{ Why, PubKey string }
}

func (s *suite) loadIdentities() error {
	vectors, err := read[identityVectors](*s, "identity.json")
	if err != nil {
		return err
	}
	for _, one := range vectors.Accepted {
		seed, err := hex.DecodeString(one.PrivateKeyHex)
		if err != nil {
			return fmt.Errorf("read a private key: %w", err)
		}
		s.identities = append(s.identities, IdentityFromSeed(seed))
	}
	return nil
}

func (s suite) identity() (int, error) {
	vectors, err := read[identityVectors](s, "identity.json")
	if err != nil {
		return 0, err
	}
	for i, one := range vectors.Accepted {
		der, err := readPubKey(one.PubKey)
		if err != nil {
			return 0, err
		}
		found := []string{s.identities[i].PubKey(), s.identities[i].DeviceID(), idOf("dev", der), idOf("gw", der)}
		if err := expect(one.PubKey, found, []string{one.PubKey, one.DeviceID, one.DeviceID, one.GatewayID}); err != nil {
			return 0, err
		}
	}
	for _, one := range vectors.Refused {
		if _, err := readPubKey(one.PubKey); err == nil {
			return 0, fmt.Errorf("%s was accepted", one.Why)
		}
	}
	return len(vectors.Accepted) + len(vectors.Refused), nil
}

func (s suite) transcripts() (int, error) {
	vectors, err := read[struct {
		Cases []struct {
			Name, Signer, Transcript, Signature string
			Facts                               struct {
				Revision     int
				Role         string
				Challenge    string
				DeviceID     string `json:"device_id"`
				ConnectionID string `json:"connection_id"`
				GatewayID    string `json:"gateway_id"`
				InitText     string `json:"init_text"`
				ResultText   string `json:"result_text"`
				Proof        string
			}
			Wrong []struct{ Why, Signature string }
		}
	}](s, "transcripts.json")
	if err != nil {
		return 0, err
	}
	count := 0
	for _, one := range vectors.Cases {
		facts := one.Facts
		mutual := MutualFacts{
			Revision:     strconv.Itoa(facts.Revision),
			ConnectionID: facts.ConnectionID,
			DeviceID:     facts.DeviceID,
			GatewayID:    facts.GatewayID,
			InitText:     facts.InitText,
			ResultText:   facts.ResultText,
		}
		transcript := mutual.PeerTranscript()
		switch {
		case facts.InitText == "":
			transcript = transcriptAt2(facts.Role, facts.DeviceID, facts.ConnectionID, facts.Challenge)
		case facts.Proof != "":
			transcript = mutual.GatewayTranscript(facts.Proof)
		}
		signer := s.identities[0]
		if one.Signer == "gateway" {
			signer = s.identities[1]
		}
		found := []any{transcript, signer.Sign(transcript), verify(signer.der, transcript, one.Signature)}
		if err := expect(one.Name, found, []any{one.Transcript, one.Signature, true}); err != nil {
			return 0, err
		}
		for _, wrong := range one.Wrong {
			if verify(signer.der, transcript, wrong.Signature) {
				return 0, fmt.Errorf("%s: %s was accepted", one.Name, wrong.Why)
			}
			count++
		}
	}
	return count + len(vectors.Cases), nil
}

func (s suite) signatures() (int, error) {
	vectors, err := read[struct {
		Cases []struct{ Name, PubKey, Message, Signature, Is string }
	}](s, "signatures.json")
	if err != nil {
		return 0, err
	}
	for _, one := range vectors.Cases {
		der, err := readPubKey(one.PubKey)
		if err != nil {
			return 0, err
		}
		text, err := json.Marshal(one.Signature)
		if err != nil {
			return 0, err
		}
		verdict := "invalid"
		if s.new.Check("values/Signature", text) != nil {
			verdict = "malformed"
		} else if verify(der, one.Message, one.Signature) {
			verdict = "valid"
		}
		if err := expect(one.Name, verdict, one.Is); err != nil {
			return 0, err
		}
	}
	return len(vectors.Cases), nil
}

func (s suite) canonicalJSON() (int, error) {
	vectors, err := read[struct {
		Cases []struct{ JSON, Canonical, SHA256 string }
	}](s, "canonical-json.json")
	if err != nil {
		return 0, err
	}
	for _, one := range vectors.Cases {
		canonical, err := canonicalJSON([]byte(one.JSON))
		if err != nil {
			return 0, err
		}
		found := []string{string(canonical), sha256Base64URL(canonical)}
		if err := expect(one.JSON, found, []string{one.Canonical, one.SHA256}); err != nil {
			return 0, err
		}
	}
	return len(vectors.Cases), nil
}
