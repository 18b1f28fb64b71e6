package kube

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLabels(t *testing.T) {
	long := strings.Repeat("a", 64)
	for reason, tc := range map[string]struct {
		check func(string) error
		text  string
		want  string
	}{
		"a plain key":                    {ValidateLabelKey, "team", ""},
		"a key with a prefix":            {ValidateLabelKey, "example.com/Team_1.x", ""},
		"an empty key":                   {ValidateLabelKey, "", "1 to 63"},
		"an empty name":                  {ValidateLabelKey, "example.com/", "1 to 63"},
		"an empty prefix":                {ValidateLabelKey, "/team", "before the slash"},
		"a prefix that is no DNS name":   {ValidateLabelKey, "Example/team", "before the slash"},
		"a key with two slashes":         {ValidateLabelKey, "a/b/c", "1 to 63"},
		"a key of 64 characters":         {ValidateLabelKey, long, "1 to 63"},
		"a key with a space":             {ValidateLabelKey, "a b", "1 to 63"},
		"an empty value":                 {ValidateLabelValue, "", ""},
		"a value of 63 characters":       {ValidateLabelValue, long[1:], ""},
		"a value of 64 characters":       {ValidateLabelValue, long, "at most 63"},
		"a value that ends with a dot":   {ValidateLabelValue, "a.", "at most 63"},
		"an annotation in upper case":    {ValidateAnnotationKey, "Example.com/A", ""},
		"an annotation with a space":     {ValidateAnnotationKey, "a b", "1 to 63"},
		"a taint":                        {ValidateTaint, "gpu=true:NoSchedule", ""},
		"a taint without a value":        {ValidateTaint, "gpu:NoExecute", ""},
		"a taint with an empty value":    {ValidateTaint, "gpu=:PreferNoSchedule", ""},
		"a taint without an effect":      {ValidateTaint, "gpu=true", "key=value:Effect"},
		"a taint with another effect":    {ValidateTaint, "gpu=true:Noschedule", "NoSchedule, PreferNoSchedule, NoExecute"},
		"a taint without a key":          {ValidateTaint, "=true:NoSchedule", "1 to 63"},
		"a taint with a value not legal": {ValidateTaint, "a=b c:NoSchedule", "at most 63"},
	} {
		err := tc.check(tc.text)
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%s: %q gives %v, want %q", reason, tc.text, err, tc.want)
		}
	}
}

func TestLegalTaintsAreAccepted(t *testing.T) {
	part := rapid.StringMatching(`[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		taint := part.Draw(t, "key") + "=" + part.Draw(t, "value") + ":" + rapid.SampledFrom(TaintEffects()).Draw(t, "effect")
		if err := ValidateTaint(taint); err != nil {
			t.Fatal(err)
		}
	})
}
