// A peer of the Tyrum protocol, revision 3, written from docs/protocol.md and the exported schemas alone; see README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

const patience = 30 * time.Second

var errClaim = errors.New("a claim does not hold")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return errors.New("expected a command: converse or vectors")
	}
	flags := flag.NewFlagSet(arguments[0], flag.ExitOnError)
	contracts := flags.String("contracts", "", "directory of the npm package @tyrum/contracts")
	url := flags.String("url", "ws://127.0.0.1:8788/ws", "where the gateway is")
	gatewayID := flags.String("gateway-id", "", "the gateway that is expected; it says so when it starts")
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}
	switch arguments[0] {
	case "vectors":
		return runVectors(*contracts)
	case "converse":
		token := os.Getenv("TYRUM_TOKEN")
		if token == "" || *gatewayID == "" {
			return errors.New("set TYRUM_TOKEN to the admin token of the gateway, and --gateway-id")
		}
		contract, err := LoadContract(*contracts, 3)
		if err != nil {
			return err
		}
		contract.RefuseUnknown = true // to prove the gateway right; a client that must outlive upgrades does not
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		defer stop()
		return converse(ctx, *url, token, *gatewayID, contract)
	}
	return fmt.Errorf("unknown command %q: expected converse or vectors", arguments[0])
}
