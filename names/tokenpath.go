package names

import "strings"

// TokenFolder is the webhook's own folder that a text mentions, if it does: a
// program that writes the token's path out breaks when the path changes.
func TokenFolder(text string) (folder string, found bool) {
	for _, folder := range []string{TokenMountPath, TokenMountPathBefore16} {
		if mentions(text, folder) {
			return folder, true
		}
	}
	return "", false
}

// mentions reports whether text contains the folder or something in it, and not
// merely another folder whose name begins alike.
func mentions(text, folder string) bool {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, folder)
		if !found {
			return false
		}
		if after == "" || !isNameByte(after[0]) {
			return true
		}
		rest = after
	}
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '_'
}
