package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
)

// derPrefix begins the SubjectPublicKeyInfo of an Ed25519 key; the 32 bytes of the key follow.
var derPrefix = []byte{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00}

// Identity is a device: its key never leaves it. Keep the key, for cursors and pairings belong to it.
type Identity struct {
	key ed25519.PrivateKey
	der []byte
}

// NewIdentity makes a device with a new key.
func NewIdentity() (Identity, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return Identity{}, fmt.Errorf("make a key: %w", err)
	}
	return IdentityFromSeed(seed), nil
}

// IdentityFromSeed is the device of a key that was kept, as its 32 bytes.
func IdentityFromSeed(seed []byte) Identity {
	key := ed25519.NewKeyFromSeed(seed)
	return Identity{key: key, der: append(append([]byte{}, derPrefix...), key.Public().(ed25519.PublicKey)...)}
}

// PubKey is the key as it stands in a frame.
func (i Identity) PubKey() string { return toBase64URL(i.der) }

// DeviceID is what follows from the key.
func (i Identity) DeviceID() string { return idOf("dev", i.der) }

// Sign signs a text, in the form of a frame.
func (i Identity) Sign(text string) string { return toBase64URL(ed25519.Sign(i.key, []byte(text))) }

// idOf names a key, dev_… or gw_…: the SHA-256 of the key as it is encoded.
func idOf(kind string, der []byte) string {
	sum := sha256.Sum256(der)
	return kind + "_" + lowerBase32.EncodeToString(sum[:])
}

// readPubKey gives the DER bytes of a key as it stands in a frame; any other spelling and any other key is an error.
func readPubKey(text string) ([]byte, error) {
	der, err := fromBase64URL(text)
	if err != nil {
		return nil, fmt.Errorf("read a public key: %w", err)
	}
	if len(der) != len(derPrefix)+ed25519.PublicKeySize || !bytes.HasPrefix(der, derPrefix) {
		return nil, errors.New("read a public key: not an Ed25519 SubjectPublicKeyInfo")
	}
	return der, nil
}

// verify tells whether a signature, as it stands in a frame, is that of this key over this text.
func verify(der []byte, text, signature string) bool {
	raw, err := fromBase64URL(signature)
	return err == nil && len(raw) == ed25519.SignatureSize && ed25519.Verify(der[len(derPrefix):], []byte(text), raw)
}
