// Command gen writes facts.json, the table of what the specifications of Azure say about the bodies
// that the sandbox serves. It is run by hand when served.go or the specifications change:
//
//	go run ./internal/specs/gen -specs DIR -types DIR -out internal/specs/facts.json
//
// DIR of -specs is a work tree of Azure/azure-rest-api-specs, of which the folders
// specification/common-types and those in served.go are read. DIR of -types is a work tree of
// Azure/bicep-types-az; it gives the api-versions that the first lacks, and may be left out.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

func main() {
	specifications := flag.String("specs", "", "work tree of Azure/azure-rest-api-specs")
	types := flag.String("types", "", "work tree of Azure/bicep-types-az; optional")
	out := flag.String("out", "internal/specs/facts.json", "the file to write")
	flag.Parse()
	if err := run(*specifications, *types, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(specifications, types, out string) error {
	if specifications == "" {
		return fmt.Errorf("give -specs, a work tree of Azure/azure-rest-api-specs")
	}
	table, err := collect(specifications, types)
	if err != nil {
		return err
	}
	return os.WriteFile(out, render(table), 0o644)
}

// commit returns the commit of a work tree.
func commit(dir string) (string, error) {
	if dir == "" {
		return "", nil
	}
	out, err := exec.Command("git", "-C", dir, "rev-parse", "HEAD").Output()
	if err != nil {
		return "", fmt.Errorf("commit of %s: %w", dir, err)
	}
	return strings.TrimSpace(string(out)), nil
}
