package pack

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rule"
)

var update = flag.Bool("update", false, "write the generated files instead of comparing with them")

// compareGenerated compares a file of the repository with its content as generated from the rules.
func compareGenerated(t *testing.T, path, want string) {
	t.Helper()
	path = filepath.Join("..", "..", path)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: run the test with -update, and read what it writes", err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s does not agree with the rules (-want +got); run the test with -update:\n%s", path, diff)
	}
}

func TestDocument(t *testing.T) {
	text := document()
	compareGenerated(t, "docs/policies.md", text)
	if n := len(regexp.MustCompile(`(?m)^### `).FindAllString(text, -1)); n != len(Rules()) {
		t.Errorf("the document describes %d policies, the pack has %d", n, len(Rules()))
	}
}

// document returns the pack's reference, docs/policies.md: what every policy checks, why, and how
// it is configured. It is generated from the rules, so that it agrees with them.
func document() string {
	list := Rules()
	var b strings.Builder
	fmt.Fprintf(&b, documentHead, len(list), count(list, rule.Mandatory), count(list, rule.Advisory), count(list, rule.Disabled))
	b.WriteString("\n| policy | what holds | severity | default |\n|---|---|---|---|\n")
	for i := range list {
		r := &list[i]
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", r.Name, r.Name, cell(r.Title), r.Severity, r.Level)
	}
	b.WriteString("\n## Every policy\n")
	for i := range list {
		describe(&b, &list[i])
	}
	return b.String()
}

// exampleStart and exampleEnd enclose the configuration in documentHead.
const (
	exampleStart = "suggest the nearest one.\n"
	exampleEnd   = "An exemption needs"
)

const documentHead = `<!-- Generated from the rules by "go test ./policy/pack -update"; do not edit. -->
# Policies

The policy pack checks any Pulumi program with Azure Native, Azure AD or Kubernetes resources, of any API version, with or
without the components of this repository. It checks each resource alone, and the whole stack across Azure, Entra and
Kubernetes, such as a service account that names another identity than the one that trusts it.

It has %d policies: %d mandatory, %d advisory and %d disabled by default. In a preview some values are not known yet. A
policy never reports a value that is not known; what the known values already prove, it reports in the preview.

## Run it

    make preview
    make policy

The first checks what this repository's program asks for, as every update does; the second checks what is deployed.

For another program, build the pack and name it to Pulumi:

    go build -o DIR/pulumi-analyzer-policy-aks-workload-identity ./policy
    PATH=DIR:$PATH pulumi preview --policy-pack policy/prebuilt
    PATH=DIR:$PATH pulumi policy analyze --stack STACK --policy-pack policy/prebuilt

A Go language host that can run policy packs builds the pack itself: ` + "`--policy-pack policy`" + `.

Without the engine, ` + "`policy check`" + ` reads an exported state or a preview in JSON, and prints a table, JSON, or SARIF and JUnit for
the views of pull requests. It ends with 1 if a mandatory policy is violated:

    go build -o DIR/policy ./policy
    pulumi preview --json > preview.json
    DIR/policy check preview.json --format sarif > policy.sarif
    pulumi stack export | DIR/policy check -

## Configure it

` + "`--policy-pack-config FILE`" + ` (` + "`make preview POLICY_CONFIG=FILE`" + `) takes a JSON file: for each policy a level, or an object with
a level and parameters. The levels are ` + "`mandatory`, `advisory`, `disabled`" + ` and, for policies that can correct resources,
` + "`remediate`" + `. Unknown policies and parameters are errors, which suggest the nearest one.

    {
      "aks-local-accounts-disabled": "mandatory",
      "credential-issuer-allowed": {"allowedIssuers": ["https://*.oic.prod-aks.azure.com/*"]},
      "tags-required": {"enforcementLevel": "remediate", "tags": {"team": "platform"}},
      "exemption-expired": {
        "exemptions": [{
          "rule": "proxy-sidecar-temporary",
          "resource": "*::kubernetes:apps/v1:Deployment::legacy",
          "reason": "its SDK is too old; replaced in the second quarter",
          "expires": "2027-06-30"
        }]
      }
    }

An exemption needs all four keys: rule is the name of a policy below, and resource a URN, in which a star stands for any
characters. Until the end of its last day (UTC) the violation is advisory, with the reason in its
message. From then on the policy is enforced again, and exemption-expired reports the exemption itself.

Two configurations are ready to use. [policy/profiles/hardened.json](../policy/profiles/hardened.json) turns on all policies
that are disabled by default, and enforces general hardening. [policy/profiles/baseline.json](../policy/profiles/baseline.json)
is for a program that exists: it enforces nothing, so that a team sees what there is to do, and then enforces policy by policy.

## All policies
`

func describe(b *strings.Builder, r *rule.Rule) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n- Why: %s\n", r.Name, r.Title, r.Why)
	fmt.Fprintf(b, "- Remedy: %s\n", r.Remedy)
	fmt.Fprintf(b, "- False alarms: %s\n", r.FalseAlarms)
	fmt.Fprintf(b, "- Severity %s. Default %s: %s\n", r.Severity, r.Level, r.Reason)
	if r.Fix != nil {
		b.WriteString("- With the level `remediate` the policy corrects the resource.\n")
	}
	fmt.Fprintf(b, "- Source: [%s](%s)\n", r.Source.Title, r.Source.URL)
	if len(r.Equivalents) > 0 {
		fmt.Fprintf(b, "- The same check in other tools: %s\n", strings.Join(r.Equivalents, ", "))
	}
	for i := range r.Params {
		p := &r.Params[i]
		fmt.Fprintf(b, "- Parameter `%s` (%s, default `%s`): %s\n", p.Name, p.Type, plainJSON(p.Default), p.Description)
	}
}

func count(list []rule.Rule, level rule.Level) int {
	n := 0
	for i := range list {
		if list[i].Level == level {
			n++
		}
	}
	return n
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func plainJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
