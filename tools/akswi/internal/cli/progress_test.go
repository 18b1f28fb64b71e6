package cli

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgress(t *testing.T) {
	cases := map[string]struct {
		reason   string
		terminal bool
		takes    time.Duration
		want     string
	}{
		"ShortOnTerminal": {"a run of less than a second stays silent", true, 900 * time.Millisecond, ""},
		"LongOnTerminal": {
			"one line is overwritten, and removed at the end", true, 2500 * time.Millisecond,
			"\r\x1b[K1 of 3 federations checked\r\x1b[K1 of 3 federations checked\r\x1b[K",
		},
		"ShortInLog": {"a log has no line for a run of seconds", false, 29 * time.Second, ""},
		"LongInLog":  {"a log keeps its lines", false, 61 * time.Second, "1 of 3 federations checked\n1 of 3 federations checked\n"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := startProgress(&out, tc.terminal, 3)
				p.add()
				time.Sleep(tc.takes)
				p.end()
				if out.String() != tc.want {
					t.Errorf("%s\nwant %q, got %q", tc.reason, tc.want, out.String())
				}
			})
		})
	}
}
