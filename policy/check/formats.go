package check

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"github.com/aks-workload-identity/aks-workload-identity/policy/pack"
)

// columns is the width of the table.
const columns = 100

// writeTable prints findings for people: the policy, and its message below. A table of the numbers
// by policy follows.
func writeTable(w io.Writer, r *report) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s (%s)\n%s\n", f.Level, f.Policy, f.Severity, indent(f.Message, columns))
	}
	if len(r.Findings) == 0 {
		b.WriteString("no policy is violated\n")
	} else {
		fmt.Fprintf(&b, "\n%6s  policy\n", "number")
		for _, policy := range slices.Sorted(maps.Keys(r.Counts)) {
			fmt.Fprintf(&b, "%6d  %s\n", r.Counts[policy], policy)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// indent breaks a text into lines of a width, each with two spaces before it. Words that are
// longer, such as addresses, stay whole.
func indent(text string, width int) string {
	var lines []string
	line := " "
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != " " {
			lines = append(lines, line)
			line = " "
		}
		line += " " + word
	}
	return strings.Join(append(lines, line), "\n")
}

func writeJSON(w io.Writer, r *report) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// writeSARIF prints findings in the Static Analysis Results Interchange Format 2.1.0, which
// GitHub's code scanning and Azure DevOps show. Resources have no line in a file: their URN is the
// logical location, and the physical one is the first line of the source.
func writeSARIF(w io.Writer, r *report) error {
	run := sarif.NewRunWithInformationURI(pack.Name, "https://github.com/aks-workload-identity/aks-workload-identity")
	run.Tool.Driver.WithVersion(pack.Version)
	for i := range r.rules {
		rule := &r.rules[i]
		run.AddRule(rule.Name).WithShortDescription(sarif.NewMultiformatMessageString().WithText(rule.Title)).
			WithFullDescription(sarif.NewMultiformatMessageString().WithText(rule.Why)).
			WithHelpURI(rule.Source.URL)
	}
	for _, f := range r.Findings {
		level := "warning"
		if f.Level == string(apitype.Mandatory) {
			level = "error"
		}
		location := sarif.NewLocation().
			WithPhysicalLocation(sarif.NewPhysicalLocation().
				WithArtifactLocation(sarif.NewArtifactLocation().WithURI(r.uri)).
				WithRegion(sarif.NewRegion().WithStartLine(1))).
			WithLogicalLocations([]*sarif.LogicalLocation{sarif.NewLogicalLocation().WithFullyQualifiedName(f.URN).WithKind("resource")})
		run.AddResult(sarif.NewRuleResult(f.Policy).WithLevel(level).WithMessage(sarif.NewTextMessage(f.Message)).
			WithLocations([]*sarif.Location{location}).
			WithPartialFingerprints(map[string]string{"policyAndResource": f.Policy + " " + f.URN}))
	}
	document := sarif.NewReport()
	document.AddRun(run)
	return document.PrettyWrite(w)
}

// writeJUnit prints findings as test cases in the format of JUnit, which Azure Pipelines, GitLab
// and Jenkins show: one for each policy that runs. Mandatory violations fail their case; advice is
// its output.
func writeJUnit(w io.Writer, r *report) error {
	byPolicy := map[string][]finding{}
	for _, f := range r.Findings {
		byPolicy[f.Policy] = append(byPolicy[f.Policy], f)
	}
	suite := junit.Testsuite{Name: pack.Name, File: r.uri}
	for i := range r.rules {
		rule := &r.rules[i]
		test := junit.Testcase{Name: rule.Name, Classname: pack.Name}
		var mandatory, advice []string
		for _, f := range byPolicy[rule.Name] {
			if f.Level == string(apitype.Mandatory) {
				mandatory = append(mandatory, f.Message)
			} else {
				advice = append(advice, f.Message)
			}
		}
		if len(mandatory) > 0 {
			test.Failure = &junit.Result{Message: rule.Title, Type: string(rule.Severity), Data: strings.Join(mandatory, "\n")}
		}
		if len(advice) > 0 {
			test.SystemOut = &junit.Output{Data: strings.Join(advice, "\n")}
		}
		suite.AddTestcase(test)
	}
	suites := junit.Testsuites{Name: pack.Name}
	suites.AddSuite(suite)
	return suites.WriteXML(w)
}
