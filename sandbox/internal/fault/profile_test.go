package fault

import (
	"strings"
	"testing"
)

func TestBuiltInProfiles(t *testing.T) {
	for _, name := range Names() {
		p, err := Load(name)
		if err != nil || p.Name != name {
			t.Errorf("%s: %+v, %v", name, p.Name, err)
		}
	}
	azure, err := Load("azure")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range azure.Rules {
		if r.Source == "" {
			t.Errorf("rule %s has no source", r.ID)
		}
	}
	for _, l := range azure.Limits {
		if l.Source == "" {
			t.Errorf("the limit of %+v has no source", l.Match)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for reason, tc := range map[string]struct {
		text string
		want []string
	}{
		"an unknown key":        {"ruels: []", []string{"ruels"}},
		"a duration in seconds": {"delays: {principal: 5}", []string{"duration"}},
		"every problem at once": {
			`rules: [{match: {service: amr, method: GTE}, do: {status: 200}}, {match: {name: "["}, nth: -1, chance: 2, do: {cut: after, hold: later}}]`,
			[]string{"rules[0].match.service", "rules[0].match.method", "rules[0].do.status", "rules[1].match.name", "rules[1]: nth", "rules[1].chance", "rules[1].do: has 2 effects", "rules[1].do.hold"},
		},
		"a rule without an effect":     {"rules: [{match: {service: arm}}]", []string{"has 0 effects"}},
		"an unknown end of operations": {"rules: [{do: {operation: stop}}]", []string{"fail or cancel"}},
		"a limit without a rate":       {"limits: [{match: {service: arm}, burst: 1, per: cluster}]", []string{"perSecond", "limits[0].per"}},
		"negative times":               {"{compress: -1, delays: {identity: -1s}, rules: [{do: {delay: -1s}}]}", []string{"compress", "delays.identity", "rules[0].do.delay"}},
		"a wait without a status":      {"rules: [{do: {cut: after, retryAfter: 1s}}]", []string{"goes with a status"}},
	} {
		_, err := Parse("faults.yaml", []byte(tc.text))
		if err == nil {
			t.Errorf("%s: accepted", reason)
			continue
		}
		for _, part := range append(tc.want, "faults.yaml") {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error lacks %q:\n%v", reason, part, err)
			}
		}
	}
}

func TestLoadOfNoProfile(t *testing.T) {
	_, err := Load("azrue")
	if err == nil || !strings.Contains(err.Error(), "none, azure") {
		t.Errorf("error %v", err)
	}
}
