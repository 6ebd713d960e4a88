#!/bin/sh

test_description='git perfrank: which commits a range is, how it is cut, and how a command ends'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

SQ="'"

# Commits one to nine, of which every one changes the hottest function; a
# release each two, a pre-release in between.
test_expect_success 'set up' '
	new_program repo &&
	git tag v1.0 &&
	for i in 1 2 3 4 5 6 7 8 9
	do
		change c$i "ring: change $i" "ring_push=r->head += $i" || return 1
	done &&
	git tag v1.1-rc1 c1 &&
	git tag v1.1 c2 &&
	git tag v1.2-rc1 c3 &&
	git tag -a -m "version 1.2" v1.2 c4 &&
	git tag v1.2.1 c5 &&
	git tag v1.3 c6 &&
	git tag other-1.2 c5 &&
	git tag v1.4 c9 &&
	git checkout -q --orphan stranger &&
	git commit -q -m stranger
'

# ids <range>...: what is ranked, in the order of git rev-list.
ids() {
	git perfrank --format=prior "$@" >prior &&
	cut -d " " -f 1 prior
}

same_range() {
	git rev-list --reverse --topo-order c1..c9 >expect &&
	ids "$@" >actual &&
	test_cmp expect actual
}

test_expect_success 'the forms of a range are one range' '
	same_range c1..c9 &&
	same_range c9 ^c1 &&
	same_range ^c1 c9 &&
	same_range "$(git rev-parse c1)..$(git rev-parse --short=8 c9)" &&
	same_range v1.1-rc1..v1.4 &&
	same_range tags/v1.1-rc1..refs/tags/v1.4 &&
	git checkout -q c9 &&
	same_range c1.. &&
	same_range c1..@ &&
	git checkout -q c1 &&
	same_range ..c9
'

test_expect_success 'the word rank may stand before the range' '
	git perfrank --porcelain base..c9 >expect &&
	git perfrank rank --porcelain base..c9 >actual &&
	test_cmp expect actual &&
	git perfrank --porcelain -- base..c9 >actual &&
	test_cmp expect actual
'

test_expect_success 'a wrong range is refused in one sentence, with 128' '
	refused "symmetric range ${SQ}c1...c9${SQ}.* c1\.\.c9" git perfrank c1...c9 &&
	refused "${SQ}c9${SQ} has no lower end" git perfrank c9 &&
	refused "unknown revision ${SQ}nope${SQ}" git perfrank nope..c9 &&
	refused "unknown revision ${SQ}nope${SQ}" git perfrank c1..nope &&
	refused "c1.*c9\|c9.*c1" git perfrank c9..c1 &&
	refused "c9" git perfrank c9..c9 &&
	refused "more than one upper end" git perfrank c1..c9 c8 &&
	refused "stranger" git perfrank stranger..c9 &&
	refused "blob" git perfrank "c1:src/ring.c..c9"
'

test_expect_success 'list refuses what the ranking refuses' '
	refused "has no lower end" git perfrank list c9 &&
	refused "unknown revision ${SQ}nope${SQ}" git perfrank list nope..c9 &&
	refused "c9" git perfrank list c9..c9 &&
	test_path_is_missing .git/perf/git_log_c9_c9.txt
'

# chunks [<options>] <range>: "<from>..<to> <commits>" of each.
chunks() {
	git perfrank --json "$@" >chunks.json &&
	python3 -c "
import json
for c in json.load(open(\"chunks.json\"))[\"chunks\"]:
    print(\"%s..%s %d\" % (c[\"from\"], c[\"to\"], c[\"commits\"]))"
}

expect_chunks() {
	cat >expect &&
	chunks "$@" >actual &&
	test_cmp expect actual
}

test_expect_success 'a range is cut at the releases in it' '
	expect_chunks v1.0..v1.4 <<-\EOF
	v1.0..v1.1 2
	v1.1..v1.2 2
	v1.2..v1.3 2
	v1.3..v1.4 3
	EOF
'

test_expect_success '--chunk=rc cuts at pre-releases as well' '
	expect_chunks --chunk=rc v1.0..v1.2 <<-\EOF
	v1.0..v1.1-rc1 1
	v1.1-rc1..v1.1 1
	v1.1..v1.2-rc1 1
	v1.2-rc1..v1.2 1
	EOF
'

test_expect_success '--chunk=none and --no-chunk do not cut' '
	echo "v1.0..v1.4 9" >expect &&
	chunks --chunk=none v1.0..v1.4 >actual &&
	test_cmp expect actual &&
	chunks --no-chunk v1.0..v1.4 >actual &&
	test_cmp expect actual
'

test_expect_success '--chunk=<n> cuts every n commits' '
	expect_chunks --chunk=4 v1.0..v1.4 <<-EOF
	v1.0..$(git rev-parse c4 | cut -c 1-12) 4
	$(git rev-parse c4 | cut -c 1-12)..$(git rev-parse c8 | cut -c 1-12) 4
	$(git rev-parse c8 | cut -c 1-12)..v1.4 1
	EOF
'

test_expect_success 'perfrank.chunk is the default, the command line beats it' '
	test_config perfrank.chunk none &&
	echo "v1.0..v1.4 9" >expect &&
	chunks v1.0..v1.4 >actual &&
	test_cmp expect actual &&
	chunks --chunk=9 v1.0..v1.4 >actual &&
	test_cmp expect actual
'

test_expect_success 'what is no way to cut is refused' '
	for word in tag rcs all 0 -1 1x 1.5 99999999999999999999 ""
	do
		misused "chunk.*tags, rc, none or a number" git perfrank --chunk="$word" v1.0..v1.4 || return 1
	done &&
	misused "tags, rc, none or a number" git perfrank list --chunk=x -o - v1.0..v1.4 &&
	misused "tags, rc, none or a number" git perfrank show --chunk=x v1.4 v1.0..v1.4 &&
	test_config perfrank.chunk nonsense &&
	refused "perfrank.chunk: .nonsense.*tags, rc, none or a number" git perfrank v1.0..v1.4
'

for mode in tags rc none 1 2 7 1000
do
	test_expect_success "chunks are disjoint and sum to the range: $mode" '
		git perfrank --chunk=$mode -n 0 --format="%H %(chunk)" v1.0..v1.4 >all &&
		test_line_count = 9 all &&
		cut -d " " -f 1 all | sort -u >ids &&
		test_line_count = 9 ids &&
		cut -d " " -f 2 all | sort | uniq -c | awk "{ print \$2, \$1 }" >actual &&
		chunks --chunk=$mode v1.0..v1.4 >listed &&
		sort listed >expect &&
		test_cmp expect actual
	'
done

test_expect_success 'a chunk holds what its own range holds' '
	git perfrank -n 0 --format="%H %(chunk)" v1.0..v1.4 >all &&
	for range in v1.0..v1.1 v1.1..v1.2 v1.2..v1.3 v1.3..v1.4
	do
		git rev-list "$range" | sort >expect &&
		sed -n "s/ $range\$//p" all | sort >actual &&
		test_cmp expect actual || return 1
	done
'

test_expect_success 'nothing that touches the profile: 1, and why' '
	git checkout -q c9 &&
	change quiet "other: no hot file" "ring_push=r->head += 9" "other_thing=r->other = 2" &&
	test_expect_code 1 git perfrank c9..quiet >out 2>err &&
	test_must_be_empty out &&
	test_grep "no commit of c9\.\.quiet changes a file of" err &&
	test_expect_code 1 git perfrank --json c9..quiet >out &&
	test_must_be_empty out &&
	test_expect_code 1 git perfrank list -o - c9..quiet >out 2>err &&
	test_must_be_empty out
'

test_expect_success 'the prior is there all the same' '
	test_expect_code 1 git perfrank --format=prior c9..quiet >out 2>err &&
	test_grep "no commit of" err &&
	echo "$(git rev-parse quiet) 1.000000000e+00" >expect &&
	test_cmp expect out
'

test_expect_success 'without a range: a sentence, the usage, and 129' '
	test_expect_code 129 git perfrank >out 2>err &&
	test_must_be_empty out &&
	test_grep "no range; give one like A\.\.B" err &&
	test_grep "^usage: git perfrank" err &&
	test_expect_code 129 git perfrank list >out 2>err &&
	test_grep "^usage: git perfrank list" err &&
	test_expect_code 129 git perfrank show >out 2>err &&
	test_must_be_empty out &&
	test_grep "which commit" err &&
	test_grep "^usage: git perfrank show" err
'

test_expect_success 'a wrong command line ends with 129' '
	test_expect_code 129 git perfrank --nonsense base..c9 2>err &&
	test_expect_code 129 git perfrank -n base..c9 2>err &&
	test_expect_code 129 git perfrank -n -1 base..c9 2>err &&
	test_expect_code 129 git perfrank -n 5x base..c9 2>err &&
	test_expect_code 129 git perfrank --profile 2>err
'

test_expect_success 'forms of output exclude each other' '
	for forms in "--json --porcelain" "--json --format=%H" "--porcelain --format=prior"
	do
		test_expect_code 129 git perfrank $forms base..c9 2>err &&
		test_grep "exclude each other" err || return 1
	done
'

test_expect_success 'no repository, a folder that is not there' '
	mkdir ../nothing &&
	refused "not a git repository" git -C ../nothing perfrank A..B &&
	refused "not a git repository" git -C ../nothing perfrank list A..B &&
	refused "not a git repository" git -C ../nothing perfrank show A &&
	refused "nowhere" git -C ../nowhere perfrank A..B
'

test_expect_success 'an unborn branch is no revision' '
	git init -q ../unborn &&
	write_profile >../unborn/profile.csv &&
	refused "unknown revision" git -C ../unborn perfrank -p profile.csv A.. &&
	refused "HEAD" git -C ../unborn perfrank -p profile.csv ..HEAD
'

test_done
