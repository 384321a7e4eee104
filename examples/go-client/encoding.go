package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
)

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func toBase64URL(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// fromBase64URL reads the one canonical encoding. Go's decoder also takes stray bits and line ends.
func fromBase64URL(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("read base64url: %w", err)
	}
	if toBase64URL(data) != text {
		return nil, errors.New("read base64url: not the canonical encoding of its bytes")
	}
	return data, nil
}

func sha256Base64URL(data []byte) string {
	sum := sha256.Sum256(data)
	return toBase64URL(sum[:])
}

// canonicalJSON writes JSON by RFC 8785: no whitespace, keys in the order of their UTF-16 code units, numbers as JavaScript
// writes them.
func canonicalJSON(text []byte) ([]byte, error) {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	var out bytes.Buffer
	writeCanonical(&out, value)
	return out.Bytes(), nil
}

func writeCanonical(out *bytes.Buffer, value any) {
	switch value := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Slice(keys, func(i, j int) bool { return lessUTF16(keys[i], keys[j]) })
		out.WriteByte('{')
		for i, key := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			writeString(out, key)
			out.WriteByte(':')
			writeCanonical(out, value[key])
		}
		out.WriteByte('}')
	case []any:
		out.WriteByte('[')
		for i, item := range value {
			if i > 0 {
				out.WriteByte(',')
			}
			writeCanonical(out, item)
		}
		out.WriteByte(']')
	case string:
		writeString(out, value)
	case float64:
		out.WriteString(formatNumber(value))
	case bool:
		out.WriteString(strconv.FormatBool(value))
	case nil:
		out.WriteString("null")
	}
}

func lessUTF16(a, b string) bool {
	one, other := utf16.Encode([]rune(a)), utf16.Encode([]rune(b))
	for i := 0; i < len(one) && i < len(other); i++ {
		if one[i] != other[i] {
			return one[i] < other[i]
		}
	}
	return len(one) < len(other)
}

var escapes = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

// writeString escapes no more than it must; encoding/json escapes more.
func writeString(out *bytes.Buffer, text string) {
	out.WriteByte('"')
	for _, character := range text {
		if escape, ok := escapes[character]; ok {
			out.WriteString(escape)
		} else if character < 0x20 {
			fmt.Fprintf(out, `\u%04x`, character)
		} else {
			out.WriteRune(character)
		}
	}
	out.WriteByte('"')
}

func formatNumber(number float64) string {
	if number == 0 {
		return "0" // also for -0
	}
	if size := math.Abs(number); size >= 1e-6 && size < 1e21 {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	// Go writes an exponent of two digits at least.
	return strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(strconv.FormatFloat(number, 'e', -1, 64))
}
