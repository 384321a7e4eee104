package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
)

// suite runs conformance vectors. A runner gives the number of its cases, and an error for one that does not hold.
type suite struct {
	directory  string
	identities []Identity
	old, new   *Contract // revisions 2 and 3
}

func runVectors(packageDirectory string) error {
	s := suite{directory: filepath.Join(packageDirectory, "vectors")}
	var err error
	if s.old, err = LoadContract(packageDirectory, 2); err != nil {
		return err
	}
	if s.new, err = LoadContract(packageDirectory, 3); err != nil {
		return err
	}
	if err := s.loadIdentities(); err != nil {
		return err
	}
	runners := map[string]func() (int, error){
		"agreement.json":      s.agreement,
		"canonical-json.json": s.canonicalJSON,
		"casts.json":          s.casts,
		"close-codes.json":    s.closeCodes,
		"cursors.json":        s.cursors,
		"frames.json":         s.frames,
		"identity.json":       s.identity,
		"signatures.json":     s.signatures,
		"transcripts.json":    s.transcripts,
	}
	paths, err := filepath.Glob(filepath.Join(s.directory, "*.json"))
	if err != nil {
		return err
	}
	var failed error
	for _, path := range paths {
		name := filepath.Base(path)
		runner, known := runners[name]
		if !known {
			runner = func() (int, error) { return 0, errors.New("nobody runs it") }
		}
		cases, err := runner()
		if err != nil {
			failed = errClaim
			fmt.Printf("  ✗ %s: %v\n", name, err)
			continue
		}
		fmt.Printf("  ✓ %s: %d cases\n", name, cases)
	}
	return failed
}

// read gives the vectors of a file.
func read[Vectors any](s suite, name string) (vectors Vectors, err error) {
	text, err := os.ReadFile(filepath.Join(s.directory, name))
	if err != nil {
		return vectors, err
	}
	return vectors, json.Unmarshal(text, &vectors)
}

// expect compares two values as the JSON that they are.
func expect(name string, found, expected any) error {
	one, other := asJSON(found), asJSON(expected)
	if !reflect.DeepEqual(one, other) {
		return fmt.Errorf("%s: expected %v, found %v", name, other, one)
	}
	return nil
}

func asJSON(value any) (plain any) {
	text, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(text, &plain)
	}
	if err != nil {
		return err
	}
	return plain
}
