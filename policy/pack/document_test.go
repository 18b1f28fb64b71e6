package pack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aks-workload-identity/aks-workload-identity/policy/rules"
)

// document is the pack's reference, docs/policies.md: what every policy wants, why, and how it is configured. It is
// made of the rules, so that it cannot say anything else than they do.
func document() string {
	list := Rules()
	var b strings.Builder
	fmt.Fprintf(&b, documentHead, len(list), count(list, rules.Mandatory), count(list, rules.Advisory), count(list, rules.Disabled))
	b.WriteString("\n| policy | what holds | severity | default | catalogue |\n|---|---|---|---|---|\n")
	for i := range list {
		r := &list[i]
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s | %s |\n", r.Name, r.Name, cell(r.Title), r.Severity, r.Level, strings.Join(r.IDs, ", "))
	}
	b.WriteString("\n## Every policy\n")
	for i := range list {
		describe(&b, &list[i])
	}
	return b.String()
}

const documentHead = `<!-- Generated from the rules by "go test ./policy/pack -update"; do not edit. -->
# Policies

The pack judges any Pulumi program with Azure Native, Azure AD or Kubernetes resources, of any API version, whether or not it
uses the components of this repository: each resource for itself, and the whole stack across Azure, Entra and Kubernetes. It has
%d policies: %d mandatory, %d advisory and %d off until they are chosen. What is not known yet at a preview is never complained about;
what is certain then already is.

## Run it

    go build -o DIR/pulumi-analyzer-policy-aks-workload-identity ./policy
    PATH=DIR:$PATH pulumi preview --policy-pack policy/prebuilt
    PATH=DIR:$PATH pulumi policy analyze --stack STACK --policy-pack policy/prebuilt    # what exists already

With a Go language host that can run policy packs, ` + "`--policy-pack policy`" + ` does without the build.

## Configure it

` + "`--policy-pack-config FILE`" + ` takes a JSON file: a level, or an object with a level and parameters, for each policy. Levels are
` + "`mandatory`, `advisory`, `disabled` and, where a policy can put resources right by itself, `remediate`" + `. Unknown policies and parameters are
errors that name the nearest.

    {
      "aks-local-accounts-disabled": "mandatory",
      "credential-issuer-allowed": {"allowedIssuers": ["https://*.oic.prod-aks.azure.com/*"]},
      "tags-required": {"enforcementLevel": "remediate", "tags": {"team": "nobody"}},
      "exemption-expired": {
        "exemptions": [{
          "rule": "proxy-sidecar-temporary",
          "resource": "*::kubernetes:apps/v1:Deployment::legacy",
          "reason": "its SDK is too old; replaced in the second quarter",
          "expires": "2027-06-30"
        }]
      }
    }

An exemption needs all four keys. Until the end of its last day (UTC) the violation is shown as advice, with the reason; after it the
policy is enforced again, and the exemption itself is reported.

[policy/profiles/hardened.json](../policy/profiles/hardened.json) turns on all that is off by default.

## All policies

The last column has the rows of the product's catalogue of checks: numbers for what other tools check too, N1 to N19 for what none does.
`

func describe(b *strings.Builder, r *rules.Rule) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n- Why: %s\n", r.Name, r.Title, r.Why)
	fmt.Fprintf(b, "- Remedy: %s\n", r.Remedy)
	fmt.Fprintf(b, "- Severity %s. Default %s: %s\n", r.Severity, r.Level, r.Reason)
	if r.Fix != nil {
		b.WriteString("- With the level remediate the resource is put right instead.\n")
	}
	fmt.Fprintf(b, "- Source: [%s](%s)\n", r.Document, r.URL)
	if len(r.Equivalents) > 0 {
		fmt.Fprintf(b, "- The same elsewhere: %s\n", strings.Join(r.Equivalents, ", "))
	}
	for i := range r.Params {
		p := &r.Params[i]
		fmt.Fprintf(b, "- Parameter `%s` (%s, default `%s`): %s\n", p.Name, p.Type, plainJSON(p.Default), p.Description)
	}
}

func count(list []rules.Rule, level rules.Level) int {
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

// hardened is the configuration that turns on what is off by default, policy/profiles/hardened.json: mandatory from medium
// severity on, advisory below.
func hardened() map[string]string {
	levels := map[string]string{}
	for _, r := range Rules() {
		if r.Level != rules.Disabled {
			continue
		}
		levels[r.Name] = string(rules.Mandatory)
		if !slices.Contains([]rules.Severity{rules.Medium, rules.High, rules.Critical}, r.Severity) {
			levels[r.Name] = string(rules.Advisory)
		}
	}
	return levels
}
