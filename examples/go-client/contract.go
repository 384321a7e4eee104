package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/xeipuuv/gojsonschema"
)

// Contract is one revision of the contract, read from a directory laid out as the npm package @tyrum/contracts.
type Contract struct {
	Revision int
	// Hash is the contract_hash of the handshake.
	Hash string
	// RefuseUnknown takes an unknown key of a frame for an error. A peer that must outlive upgrades drops it instead.
	RefuseUnknown bool

	loader  *gojsonschema.SchemaLoader
	schemas map[string]schemaFile // by their name below the revision, such as events/turn.queued
	mu      sync.Mutex
	// compiled grows as schemas are met.
	compiled map[string]*gojsonschema.Schema
}

type schemaFile struct {
	ID         string                     `json:"$id"`
	Properties map[string]json.RawMessage `json:"properties"`
}

// ContractViolation says what does not fit the contract. Key is the key of the frame that it is about, if it is about one.
type ContractViolation struct {
	What, Key, Message string
}

func (v *ContractViolation) Error() string { return v.What + ": " + v.Message }

// LoadContract reads the schemas in draft-07, which gojsonschema knows. It misreads 2020-12 without a word.
func LoadContract(packageDirectory string, revision int) (*Contract, error) {
	contract := &Contract{
		Revision: revision,
		loader:   gojsonschema.NewSchemaLoader(),
		schemas:  map[string]schemaFile{},
		compiled: map[string]*gojsonschema.Schema{},
	}
	root := filepath.Join(packageDirectory, "json-schema", fmt.Sprint(revision), "draft-07")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var file schemaFile
		if err := json.Unmarshal(text, &file); err != nil {
			return err
		}
		name, err := filepath.Rel(root, strings.TrimSuffix(path, ".json"))
		if err != nil {
			return err
		}
		contract.schemas[filepath.ToSlash(name)] = file
		return contract.loader.AddSchemas(gojsonschema.NewBytesLoader(text))
	})
	if err != nil {
		return nil, fmt.Errorf("load the schemas: %w", err)
	}
	artefact, err := os.ReadFile(filepath.Join(packageDirectory, "revisions", fmt.Sprintf("%04d.json", revision)))
	if err != nil {
		return nil, fmt.Errorf("load the revision: %w", err)
	}
	canonical, err := canonicalJSON(artefact)
	if err != nil {
		return nil, fmt.Errorf("load the revision: %w", err)
	}
	contract.Hash = sha256Base64URL(canonical)
	return contract, nil
}

// Knows tells whether there is a schema of that name at this revision.
func (c *Contract) Knows(name string) bool {
	_, known := c.schemas[name]
	return known
}

// Check is an error unless the value is valid under the schema of that name.
func (c *Contract) Check(name string, value []byte) error {
	schema, err := c.schema(name)
	if err != nil {
		return fmt.Errorf("compile %s: %w", name, err)
	}
	result, err := schema.Validate(gojsonschema.NewBytesLoader(value))
	if err != nil {
		return fmt.Errorf("read what %s describes: %w", name, err)
	}
	if result.Valid() {
		return nil
	}
	first := result.Errors()[0]
	return &ContractViolation{What: name, Key: keyOf(first), Message: first.String()}
}

// CheckFrame checks an envelope and what is in it. A response is checked under the type that it says.
func (c *Contract) CheckFrame(frame Frame) error {
	if err := c.Check("frames/"+frame.Kind, frame.Text); err != nil {
		return err
	}
	switch frame.Kind {
	case "request":
		return c.Check("requests/"+frame.Type+".payload", frame.Payload)
	case "event":
		if c.Knows("events/" + frame.Type) { // others are newer than us, and ignored
			return c.Check("events/"+frame.Type, frame.Payload)
		}
	case "ok_response":
		name := "requests/" + frame.Type + ".result"
		if c.Knows(name) {
			if frame.Result == nil {
				return &ContractViolation{What: name, Key: "result", Message: "a result is expected"}
			}
			return c.Check(name, frame.Result)
		}
		if result := strings.TrimSpace(string(frame.Result)); result != "" && result != "{}" {
			return &ContractViolation{What: name, Key: "result", Message: "none is expected, or {}"}
		}
	}
	return nil
}

func (c *Contract) schema(name string) (*gojsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if schema, done := c.compiled[name]; done {
		return schema, nil
	}
	file, known := c.schemas[name]
	if !known {
		return nil, errors.New("no such schema at this revision")
	}
	schema, err := c.loader.Compile(gojsonschema.NewReferenceLoader(file.ID))
	if err == nil {
		c.compiled[name] = schema
	}
	return schema, err
}

// keyOf is the topmost key that an error is about: for a missing or an unknown key of the top level, that key.
func keyOf(found gojsonschema.ResultError) string {
	path := strings.Split(found.Context().String(), ".")
	if len(path) > 1 {
		return path[1]
	}
	key, _ := found.Details()["property"].(string)
	return key
}
