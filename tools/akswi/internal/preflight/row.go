// Package preflight checks, before anything is built or changed, whether Azure and Pulumi will let
// a stack be deployed: who the deployer is and what it may do, what the region offers, and where
// the state goes. It only reads.
package preflight

import "regexp"

// Outcome is what a check found.
type Outcome string

// Outcomes.
const (
	// OK stands in nobody's way.
	OK Outcome = "ok"
	// Problem makes the deployment fail.
	Problem Outcome = "problem"
	// Warning makes a later deployment or upgrade fail, or may make this one fail.
	Warning Outcome = "warning"
	// Unchecked could not be found out.
	Unchecked Outcome = "unchecked"
)

// Row is one line of the table.
type Row struct {
	// Check is the subject, such as "quota".
	Check   string  `json:"check"`
	Outcome Outcome `json:"outcome"`
	// Code names the kind of problem for programs, such as QuotaExceeded; "" for OK.
	Code string `json:"code,omitempty"`
	// Found in one sentence.
	Found string `json:"found"`
	// Command mends it, or shows more of it; "" if no command does.
	Command string `json:"command,omitempty"`
	// Advice is what else mends it, in a sentence.
	Advice string `json:"advice,omitempty"`
}

func ok(check, found string) Row { return Row{Check: check, Outcome: OK, Found: found} }

func problem(check, code, found, remedy string) Row {
	return Row{Check: check, Outcome: Problem, Code: code, Found: found}.do(remedy)
}

func warning(check, code, found, remedy string) Row {
	return Row{Check: check, Outcome: Warning, Code: code, Found: found}.do(remedy)
}

func unchecked(check, found, remedy string) Row {
	return Row{Check: check, Outcome: Unchecked, Code: "Unchecked", Found: found}.do(remedy)
}

// command matches a remedy that can be pasted into a shell.
var command = regexp.MustCompile(`^(az|pulumi|export|curl) `)

// do returns the row with a remedy: a command or a sentence.
func (r Row) do(remedy string) Row {
	if command.MatchString(remedy) {
		r.Command = remedy
	} else {
		r.Advice = remedy
	}
	return r
}

// or returns the row with another way beside its command.
func (r Row) or(advice string) Row {
	r.Advice = advice
	return r
}

// cannotRead returns the row of a check whose read failed: missing rights are told apart from an
// Azure that does not answer.
func cannotRead(check string, err error) Row {
	if code, _ := status(err); code == 401 || code == 403 {
		return unchecked(check, "the login may not read it: "+sentence(err), "use a login that may read the subscription (role Reader)")
	}
	return unchecked(check, "Azure cannot be asked: "+sentence(err), "check the network and the proxy, and try again")
}

// Report is the result of all checks.
type Report struct {
	Stack string `json:"stack"`
	File  string `json:"file"`
	Rows  []Row  `json:"rows"`
}

// Count returns the number of rows with an outcome.
func (r Report) Count(o Outcome) int {
	n := 0
	for _, row := range r.Rows {
		if row.Outcome == o {
			n++
		}
	}
	return n
}
