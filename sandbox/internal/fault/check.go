package fault

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Check reports everything that is wrong with a profile.
func (p Profile) Check() error {
	var problems []error
	add := func(place, format string, args ...any) {
		problems = append(problems, fmt.Errorf(place+": "+format, args...))
	}
	if p.Compress < 0 {
		add("compress", "must not be negative; it divides the profile's durations")
	}
	d := p.Delays
	for name, v := range map[string]Duration{
		"principal": d.Principal, "identity": d.Identity, "roleEffect": d.RoleEffect, "credential": d.Credential,
		"issuerUrl": d.IssuerURL, "credentialWrite": d.CredentialWrite,
	} {
		if v < 0 {
			add("delays."+name, "must not be negative")
		}
	}
	for i, l := range p.Limits {
		place := fmt.Sprintf("limits[%d]", i)
		problems = append(problems, l.Match.check(place+".match")...)
		if l.Burst < 1 || l.PerSecond <= 0 {
			add(place, "needs a burst of at least 1 and a perSecond above 0")
		}
		if !slices.Contains([]string{"", "subscription", "group", "resource"}, l.Per) {
			add(place+".per", "is %q; it can be subscription, group or resource", l.Per)
		}
	}
	for i, r := range p.Rules {
		problems = append(problems, r.check(fmt.Sprintf("rules[%d]", i))...)
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}

func (r Rule) check(place string) []error {
	problems := r.Match.check(place + ".match")
	add := func(at, format string, args ...any) {
		problems = append(problems, fmt.Errorf(place+at+": "+format, args...))
	}
	if r.Nth < 0 || r.Times < 0 {
		add("", "nth and times must not be negative")
	}
	if r.Chance < 0 || r.Chance > 1 {
		add(".chance", "is %v; it is a probability from 0 to 1", r.Chance)
	}
	return append(problems, r.Do.check(place+".do")...)
}

func (e Effect) check(place string) []error {
	var problems []error
	add := func(at, format string, args ...any) {
		problems = append(problems, fmt.Errorf(place+at+": "+format, args...))
	}
	set := 0
	for _, is := range []bool{e.Status != 0, e.Cut != "", e.Hold != "", e.Kill != "", e.Delay != 0, e.Operation != "" || e.Late != 0} {
		if is {
			set++
		}
	}
	if set != 1 {
		add("", "has %d effects; exactly one of status, cut, hold, kill, delay, and operation or late must be set", set)
	}
	if e.Status != 0 && (e.Status < 400 || e.Status > 599) {
		add(".status", "is %d; it is an error from 400 to 599", e.Status)
	}
	if e.RetryAfter != 0 && e.Status == 0 {
		add(".retryAfter", "goes with a status")
	}
	for name, w := range map[string]When{"cut": e.Cut, "hold": e.Hold, "kill": e.Kill} {
		if w != "" && w != Before && w != After {
			add("."+name, "is %q; it is before or after the call takes effect", w)
		}
	}
	if !slices.Contains([]string{"", Fail, Cancel}, e.Operation) {
		add(".operation", "is %q; it is fail or cancel", e.Operation)
	}
	for name, d := range map[string]Duration{"retryAfter": e.RetryAfter, "delay": e.Delay, "late": e.Late} {
		if d < 0 {
			add("."+name, "must not be negative")
		}
	}
	return problems
}

func (m Match) check(place string) []error {
	var problems []error
	if m.Service != "" && !slices.Contains(Services, m.Service) {
		problems = append(problems, fmt.Errorf("%s.service: is %q; it can be %s", place, m.Service, strings.Join(Services, ", ")))
	}
	if _, err := path.Match(m.Name, ""); err != nil {
		problems = append(problems, fmt.Errorf("%s.name: %q is not a pattern: %w", place, m.Name, err))
	}
	for _, method := range strings.Split(m.Method, ",") {
		if method != "" && !slices.Contains(methods, method) {
			problems = append(problems, fmt.Errorf("%s.method: is %q; it can be %s, or several with commas", place, method, strings.Join(methods, ", ")))
		}
	}
	return problems
}
