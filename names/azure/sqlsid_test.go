package azure

import (
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Carries R14.
func TestSQLSID(t *testing.T) {
	// The first is the example of learn.microsoft.com, "Guid.ToByteArray", whose remarks describe
	// the order: 35918bc9-196d-40ea-9779-889d79b753f0 is C9 8B 91 35 6D 19 EA 40 97 79 88 9D 79 B7
	// 53 F0.
	for in, want := range map[string]string{
		"35918bc9-196d-40ea-9779-889d79b753f0": "0xC98B91356D19EA409779889D79B753F0",
		"00112233-4455-6677-8899-AABBCCDDEEFF": "0x33221100554477668899AABBCCDDEEFF",
	} {
		got, err := SQLSID(in)
		if err != nil || got != want {
			t.Errorf("SQLSID(%s) = %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "shop", "35918bc9196d40ea9779889d79b753f0", "35918bc9-196d-40ea-9779-889d79b753f0'"} {
		_, err := SQLSID(in)
		checkError(t, in, err, "a GUID is expected")
	}
}

func TestSQLSIDIsReversible(t *testing.T) {
	swap := func(b []byte) {
		for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "guid")
		h := hex.EncodeToString(raw)
		sid, err := SQLSID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
		if err != nil {
			t.Fatal(err)
		}
		back, err := hex.DecodeString(strings.TrimPrefix(sid, "0x"))
		if err != nil || len(back) != 16 {
			t.Fatalf("%s: %v", sid, err)
		}
		swap(back[0:4])
		swap(back[4:6])
		swap(back[6:8])
		if got := hex.EncodeToString(back); got != h {
			t.Fatalf("%s came back as %s", h, got)
		}
	})
}
