#!/bin/sh

test_description='git perfrank on a terminal: no control byte of the repository, the profile or the command line'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

ESC=$(printf '\033')
# The control sequence introducer as one character, an override of the direction
# of text, and bytes that are no UTF-8.
CSI=$(printf '\302\233')
RLO=$(printf '\342\200\256')
BAD=$(printf '\377\376')
EVIL="${ESC}[5m${ESC}]0;title$(printf '\007')${CSI}2J${RLO}${BAD}$(printf '\010\177\016')"
# What git takes for the name of a ref: no ESC, but what is above ASCII.
EVIL_REF="${CSI}2J${RLO}${BAD}"
TERM=xterm
GIT_PAGER="cat"
GIT_PROGRESS_DELAY=0
export TERM GIT_PAGER GIT_PROGRESS_DELAY

test_expect_success 'set up hostile bytes wherever a repository can have them' '
	mkdir "dir$CSI$ESC[2J$RLO" &&
	cd "dir$CSI$ESC[2J$RLO" &&
	new_program repo &&
	git tag v1.0 &&
	change push "ring: push" "ring_push_more=r = 1" &&
	ring_push="r = \"$EVIL\"" write_program &&
	printf "ring: push $EVIL\n$EVIL\tand more\n\nring_push: body $EVIL\n\nFixes: $EVIL\nReported-by: $EVIL <a@b>\n" \
		>../message &&
	test_tick &&
	GIT_AUTHOR_NAME="B $EVIL Thor" GIT_AUTHOR_EMAIL="b$EVIL@example.com" git commit -q -a -F ../message &&
	git tag "v1.1$EVIL_REF" &&
	git branch "branch$EVIL_REF" &&
	git tag "both$EVIL_REF" &&
	git branch "both$EVIL_REF" &&
	mkdir "src/dir$EVIL" &&
	cp src/ring.c "src/dir$EVIL/ring$EVIL.c" &&
	printf "#include \"evil$EVIL.h\"\n" >>src/list.c &&
	printf "int evil$EVIL(void)\n{\n\treturn 1;\n}\n" >>src/list.c &&
	echo "int evil;" >"include/evil$EVIL.h" &&
	git add . &&
	test_tick &&
	git commit -q -m "ring: add a strange file" &&
	git mv "src/dir$EVIL/ring$EVIL.c" "src/moved$EVIL.c" &&
	echo "int evil, more;" >"include/evil$EVIL.h" &&
	test_tick &&
	git commit -q -a -m "ring: move it" &&
	git tag "v1.2$EVIL_REF" &&
	git checkout -q -b side HEAD~1 &&
	change side "side: pop" "ring_pop_more=r = 2" &&
	git checkout -q main &&
	test_tick &&
	git merge -q -m "merge $EVIL" side &&
	git tag v1.3 &&
	git notes add -m "note $EVIL" HEAD &&
	echo garbage >".git/refs/heads/broken$EVIL_REF" &&
	(
		write_profile &&
		printf "evil$EVIL,1,1,src/list.c\n" &&
		printf "ring_push,1,1,src/moved$EVIL.c\n" &&
		printf "ring_pop,1,1,src/gone$EVIL.c\n" &&
		printf "ring_free,1,1,src/rign$EVIL.c\n"
	) >"evil$EVIL.csv" &&
	printf "evil\"$EVIL,x\n" >"broken$EVIL.csv" &&
	printf "function,samples,file_path\nf,x$EVIL,y\n" >"number$EVIL.csv"
'

cat >"$HOME/foreign.py" <<'EOP'
# Prints what a terminal got that is not text, or a colour or a progress line
# of ours.
import re, sys
data = open(sys.argv[1], "rb").read()
data = re.sub(rb"\033\[(|1|2|(1;)?3[0-9])m", b"", data)
found = []
for line in re.split(rb"[\r\n]", data):
    text = line.decode("utf-8", "surrogateescape")
    bad = [c for c in text if (ord(c) < 32 and c not in ("\t\0" if sys.argv[2] else "\t")) or 0x7f <= ord(c) <= 0x9f
           or 0xdc80 <= ord(c) <= 0xdcff or c in "\u061c\u200e\u200f\u2028\u2029"
           or 0x202a <= ord(c) <= 0x202e or 0x2066 <= ord(c) <= 0x2069]
    if bad:
        found.append((bad, line))
for bad, line in found:
    print(bad, line)
EOP

# clean [<expected status>] <command>...: prints something on a terminal, which
# is kept for all_clean.
clean() {
	clean_status=0
	case $1 in
	[0-9]*)
		clean_status=$1
		shift
		;;
	esac
	"$HELPER_PATH/test-pty" "$@" >"$HOME/seen"
	clean_actual=$?
	{
		printf "%s " "$@" | tr -d "\000-\037\177-\377"
		echo
		cat "$HOME/seen"
	} >>"$HOME/all"
	if ! test -s "$HOME/seen" || test $clean_actual != $clean_status
	then
		echo >&4 "$* (status $clean_actual):"
		cat -v "$HOME/seen" >&4
		return 1
	fi
	clean_runs=$((${clean_runs-0} + 1))
}

# all_clean [-z]: what was printed since the last time is text of ours; with
# -z NUL bytes are meant.
all_clean() {
	python3 "$HOME/foreign.py" "$HOME/all" "$1" >"$HOME/found" &&
	rm -f "$HOME/all" &&
	if test -s "$HOME/found"
	then
		cat "$HOME/found" >&4
		return 1
	fi
}

test_expect_success 'the check sees what it is there for' '
	for bytes in "\\033[5m" "\\033[2J" "\\302\\233" "\\342\\200\\256" "\\377" "\\007" "\\010" "\\177" "\\000"
	do
		printf "text $bytes text\n" >seen &&
		python3 "$HOME/foreign.py" seen "" >found &&
		test -s found || return 1
	done &&
	printf "\\033[33mtext\\033[m t\303\244\txt\r\n" >seen &&
	python3 "$HOME/foreign.py" seen "" >found &&
	test_must_be_empty found
'

test_expect_success 'every form of the ranking, with and without colour and progress' '
	for form in "" --explain --short-lists "--short-lists --explain" --merges "-n 1" --json --porcelain \
		--format=prior "--chunk=2 --short-lists" "--chunk=rc --short-lists" --chunk=none
	do
		clean git perfrank -p "evil$EVIL.csv" $form --color --progress v1.0..v1.3 || return 1
	done &&
	for look in "" --no-color --progress --no-progress
	do
		clean git perfrank -p "evil$EVIL.csv" --explain $look v1.0..v1.3 || return 1
	done &&
	clean git -c color.ui=always perfrank -p "evil$EVIL.csv" v1.0..v1.3 &&
	clean git perfrank --merges --short-lists -p "evil$EVIL.csv" "v1.0..v1.2$EVIL_REF" &&
	clean git perfrank --context="slow $EVIL" --explain -p "evil$EVIL.csv" v1.0..v1.3 &&
	clean git perfrank --porcelain -z -p "evil$EVIL.csv" v1.0..v1.3 &&
	clean git -p perfrank -p "evil$EVIL.csv" --explain --color v1.0..v1.3 &&
	all_clean -z
'

test_expect_success '--format on a terminal: each placeholder that holds foreign text' '
	for placeholder in %s %B %b %an %ae %cn %D %d %N %f %e %GG "%(trailers)" "%(describe)" "%w(20,1,2)%b" "%<(30,trunc)%s" \
		"%(functions)" "%(chunk)" "%(rank)" "%gd|" "%x1b[2J|" "%x9b|"
	do
		clean git perfrank -n 0 --format="$placeholder|" --no-color -p "evil$EVIL.csv" \
			"v1.0..v1.2$EVIL_REF" || return 1
	done &&
	clean git perfrank -n 0 --format="%C(auto)%D %s%n%B%an%N" --color -p "evil$EVIL.csv" "v1.0..v1.2$EVIL_REF" &&
	clean git perfrank --format="%s%x00%an" -z -p "evil$EVIL.csv" v1.0..v1.3 &&
	all_clean -z
'

# As many colours as git has for the same commits, and no more: text that holds
# the very sequences does not get them.
test_expect_success '--format on a terminal keeps the colours of git, not those of the text' '
	git checkout -q -b colours v1.3 &&
	test_tick &&
	git commit -q --allow-empty -m "ring: ${ESC}[31mred${ESC}[m ${ESC}[33m and ${ESC}[5mmore" &&
	for format in "%C(red)%s%C(reset)" "%C(auto)%h%d %s" "%C(auto)%s%C(green)%an" "%C(red)%C(red)%s%C(reset)%C(reset)"
	do
		clean git perfrank -n 0 --color --format="$format" -p "evil$EVIL.csv" v1.0..colours &&
		git perfrank -n 0 --format=%H -p "evil$EVIL.csv" v1.0..colours >ids 2>/dev/null &&
		git log --no-walk=unsorted --stdin --color=always --format="$format" <ids >expect.raw &&
		git log --no-walk=unsorted --stdin --color=never --format="$format" <ids >plain.raw &&
		expect=$(($(grep -a -o "$ESC\[[0-9;]*m" expect.raw | wc -l) -
			$(grep -a -o "$ESC\[[0-9;]*m" plain.raw | wc -l))) &&
		grep -a -v "warning:\|hint:" "$HOME/seen" | grep -a -o "$ESC\[[0-9;]*m" >colours &&
		test_line_count = $expect colours &&
		test_grep "x1b\[31mred.x1b\[m .x1b\[33m and .x1b\[5mmore" "$HOME/seen" || return 1
	done &&
	all_clean
'

test_expect_success '--format elsewhere is what git log prints, byte for byte' '
	git perfrank -n 0 --format=%H -p "evil$EVIL.csv" v1.0..v1.3 >ids 2>/dev/null &&
	git log --no-walk=unsorted --stdin --format="%s|%an|%B" <ids >expect &&
	git perfrank -n 0 --format="%s|%an|%B" -p "evil$EVIL.csv" v1.0..v1.3 >actual 2>/dev/null &&
	test_cmp expect actual
'

test_expect_success 'lists, on the terminal and into files' '
	clean git perfrank list -o - -p "evil$EVIL.csv" v1.0..v1.3 &&
	clean git perfrank list -o - --color -p "evil$EVIL.csv" "v1.0..v1.2$EVIL_REF" &&
	clean git perfrank list -p "evil$EVIL.csv" "v1.0..v1.2$EVIL_REF" &&
	mkdir "lists$EVIL" &&
	clean git perfrank list -o "lists$EVIL" -p "evil$EVIL.csv" v1.0..v1.3 &&
	cat "lists$EVIL"/* >seen &&
	test -s seen &&
	python3 "$HOME/foreign.py" seen "" >found &&
	test_must_be_empty found &&
	all_clean
'

test_expect_success 'show, of every commit, with its hunks' '
	for commit in $(git rev-list --no-merges v1.0..v1.3)
	do
		clean git perfrank show --color -p "evil$EVIL.csv" $commit v1.0..v1.3 || return 1
	done &&
	write_profile >plain.csv &&
	git perfrank -p plain.csv --context="slow $ESC[2J" v1.0..v1.3 >out 2>/dev/null &&
	clean git perfrank show "branch$EVIL_REF" &&
	git perfrank -p "evil$EVIL.csv" v1.0..v1.3~1 >out 2>/dev/null &&
	clean git perfrank show "branch$EVIL_REF" &&
	test_grep "in v1.0..v1.3:" "$HOME/seen" &&
	clean 128 git perfrank show v1.3 &&
	all_clean
'

test_expect_success 'what git says on the way: ambiguous and broken refs' '
	clean git perfrank -p "evil$EVIL.csv" "v1.0..both$EVIL_REF" &&
	test_grep "warning:.*refname .both.* is ambiguous" "$HOME/seen" &&
	clean git perfrank show -p "evil$EVIL.csv" "both$EVIL_REF" v1.0..v1.3 &&
	clean git perfrank --format="%h%d" -p "evil$EVIL.csv" v1.0..v1.3 &&
	all_clean
'

test_expect_success 'errors that repeat what they were given' '
	clean 128 git perfrank -p "evil$EVIL.csv" "v1.0..no$EVIL" &&
	clean 128 git perfrank -p "evil$EVIL.csv" "no$EVIL..v1.3" &&
	clean 128 git perfrank -p "evil$EVIL.csv" "v1.0...no$EVIL" &&
	clean 128 git perfrank -p "evil$EVIL.csv" "v1.2$EVIL_REF..v1.0" &&
	clean 128 git perfrank -p "evil$EVIL.csv" "v1.0..v1.2$EVIL_REF" "a$EVIL" &&
	clean 128 git perfrank -p "evil$EVIL.csv" "v1.2$EVIL_REF" &&
	clean 128 git perfrank -p "no$EVIL.csv" v1.0..v1.3 &&
	clean 128 git perfrank -p "broken$EVIL.csv" v1.0..v1.3 &&
	clean 128 git perfrank -p "number$EVIL.csv" v1.0..v1.3 &&
	clean 129 git perfrank -p "evil$EVIL.csv" --chunk="$EVIL" v1.0..v1.3 &&
	clean 129 git perfrank -p "evil$EVIL.csv" --weights="$EVIL=1" v1.0..v1.3 &&
	clean 129 git perfrank -p "evil$EVIL.csv" --weights="hunk=$EVIL" v1.0..v1.3 &&
	clean 128 git perfrank -p "evil$EVIL.csv" --context-file="no$EVIL" v1.0..v1.3 &&
	clean 129 git perfrank -p "evil$EVIL.csv" --format="%(trailers:separator=%x00$EVIL)" v1.0..v1.3 &&
	clean 129 git perfrank "--no$EVIL" v1.0..v1.3 &&
	clean 129 git perfrank "-$EVIL" v1.0..v1.3 &&
	clean 129 git perfrank -n "$EVIL" v1.0..v1.3 &&
	clean 128 git perfrank list -o "no$EVIL" -p "evil$EVIL.csv" v1.0..v1.3 &&
	clean 128 git perfrank show "no$EVIL" v1.0..v1.3 &&
	clean 128 git perfrank show -p "evil$EVIL.csv" v1.0 "v1.0..v1.2$EVIL_REF" &&
	all_clean -z
'

test_expect_success 'configuration' '
	for key in "perfrank.profile=$PWD/no$EVIL" "perfrank.chunk=$EVIL" "perfrank.weights=$EVIL" "perfrank.limit=$EVIL"
	do
		clean 128 git -c "$key" perfrank v1.0..v1.3 || return 1
	done &&
	for key in "color.ui=$EVIL" "color.perfrank=$EVIL" "advice.perfCommitGraph=$EVIL" "core.commitGraph=true" \
		"i18n.logOutputEncoding=latin1" "perfrank.x-y=$EVIL" "perfrank.$EVIL_REF.z=1" "log.date=format:$ESC[2J"
	do
		clean git -c "$key" perfrank -p "evil$EVIL.csv" v1.0..v1.3 || return 1
	done &&
	rm -f .git/perf/kernel_func.csv &&
	clean 128 git perfrank v1.0..v1.3 &&
	all_clean
'

test_expect_success 'a partial clone says what is missing' '
	cd .. &&
	rm -f "repo/.git/refs/heads/broken$EVIL_REF" &&
	git -C repo config uploadpack.allowFilter true &&
	git clone -q --bare --filter=blob:none "file://$PWD/repo" partial.git &&
	clean git -C partial.git perfrank -p "../repo/evil$EVIL.csv" "v1.0..v1.2$EVIL_REF" &&
	test_grep -a "hint:.* nothing is fetched unasked" "$HOME/seen" &&
	clean git -C partial.git perfrank show -p "../repo/evil$EVIL.csv" v1.3~1 v1.0..v1.3 &&
	all_clean
'

test_expect_success 'all of that was looked at' '
	test "$clean_runs" -gt 85
'

test_done
