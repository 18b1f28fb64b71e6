package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// commandBlock is a block of a page that people paste into a shell.
type commandBlock struct {
	page, text string
}

var (
	fenced = regexp.MustCompile("(?ms)^```(?:bash|sh|shell|console|zsh)\n(.*?)^```")
	// An indented block has commands if it begins with one of them; others have output or a file.
	indented = regexp.MustCompile(`(?m)(?:^    .*\n)+`)
	command  = regexp.MustCompile(`^(?:make|pulumi|az|go|git|kubectl|akswi|eval|export|curl|PATH=\S+|\./\S+) `)
)

// commandBlocks returns the blocks of all pages of the repository.
func commandBlocks(t *testing.T) []commandBlock {
	t.Helper()
	var pages []string
	for _, pattern := range []string{"../*.md", "*.md", "../sandbox/*.md", "../sandbox/docs/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: no pages (%v)", pattern, err)
		}
		pages = append(pages, found...)
	}
	var blocks []commandBlock
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fenced.FindAllSubmatch(text, -1) {
			blocks = append(blocks, commandBlock{page, string(m[1])})
		}
		for _, block := range indented.FindAllString(string(text), -1) {
			block = regexp.MustCompile(`(?m)^    `).ReplaceAllString(block, "")
			if command.MatchString(block) {
				blocks = append(blocks, commandBlock{page, block})
			}
		}
	}
	if len(blocks) < 15 {
		t.Fatalf("%d blocks: the checks would prove nothing", len(blocks))
	}
	return blocks
}

// comment returns the first comment of a shell script, or nothing. A comment begins with a # at the
// beginning of a word, outside of quotes.
func comment(script string) string {
	var quote rune
	before := '\n'
	escaped := false
	for i, r := range script {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '#' && strings.ContainsRune(" \t\n;", before):
			line, _, _ := strings.Cut(script[i:], "\n")
			return line
		}
		before = r
	}
	return ""
}

func TestCommentIsFoundOutsideOfQuotesOnly(t *testing.T) {
	for script, want := range map[string]string{
		"make up # deploy\n":               "# deploy",
		"# first\nmake up\n":               "# first",
		"make down;# end":                  "# end",
		"echo 'a # b' \"c # d\" e\\ #f":    "#f",
		"curl https://host/#part $#":       "",
		"echo \"it's\" 'say \"hi\"' \\# x": "",
	} {
		if got := comment(script); got != want {
			t.Errorf("%q: %q, want %q", script, got, want)
		}
	}
}

// In an interactive zsh a # begins no comment, unless the user has switched that on: the rest of
// the line becomes arguments.
func TestCommandsCanBePastedIntoZsh(t *testing.T) {
	for _, block := range commandBlocks(t) {
		if found := comment(block.text); found != "" {
			t.Errorf("%s: write %q into the text: zsh passes a comment as arguments", block.page, found)
		}
	}
}

// shells are those that parse the pages' commands, without the files of the user.
var shells = []struct {
	name string
	args []string
}{
	{"bash", []string{"--noprofile", "--norc", "-n"}},
	{"zsh", []string{"-f", "-o", "NO_INTERACTIVE_COMMENTS", "-n"}},
}

// Every block parses in both shells; zsh is looked at where there is one.
func TestCommandsParseInBashAndZsh(t *testing.T) {
	checked := 0
	for _, shell := range shells {
		path, err := exec.LookPath(shell.name)
		if err != nil {
			t.Logf("there is no %s on this machine: nothing was parsed with it", shell.name)
			continue
		}
		checked++
		for _, block := range commandBlocks(t) {
			cmd := exec.Command(path, shell.args...)
			cmd.Stdin = strings.NewReader(block.text)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s does not parse a block of %s: %s\n%s", shell.name, block.page, out, block.text)
			}
		}
	}
	if checked == 0 {
		t.Error("there is neither bash nor zsh: the check would prove nothing")
	}
}

var (
	makeCommand = regexp.MustCompile(`(?m)(?:^|\()make( [^\n")|]*)?`)
	makeTarget  = regexp.MustCompile(`(?m)^([a-z0-9-]+):`)
)

// Targets and variables of make that pages name exist. The commands of the README's sections and of
// the pages on Pulumi, pipelines and state run in tests/e2e.
func TestMakeCommandsUseWhatTheMakefileHas(t *testing.T) {
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	toolchain, err := os.ReadFile("../tools/toolchain.mk")
	if err != nil {
		t.Fatal(err)
	}
	makefile := string(text) + string(toolchain)
	targets := map[string]bool{}
	for _, m := range makeTarget.FindAllStringSubmatch(makefile, -1) {
		targets[m[1]] = true
	}
	checked := 0
	for _, block := range commandBlocks(t) {
		if strings.HasPrefix(block.page, "../sandbox/") {
			continue // whose Makefile is another, and whose commands are checked there
		}
		for _, m := range makeCommand.FindAllStringSubmatch(block.text, -1) {
			checked++
			for _, word := range strings.Fields(m[1]) {
				name, _, variable := strings.Cut(word, "=")
				if variable && !strings.Contains(makefile, "$("+name+")") {
					t.Errorf("%s: make has no variable %s", block.page, name)
				}
				if !variable && !targets[word] {
					t.Errorf("%s: make has no target %q", block.page, word)
				}
			}
		}
	}
	if checked < 15 {
		t.Errorf("%d commands of make: the check would prove nothing", checked)
	}
}
