#!/bin/sh

test_description='git perfrank: each kind of evidence moves a commit up, and nothing else differs'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

# side <tag> <script>: a commit on top of "start" whose changes the script
# makes; its message is in "message" if the script wrote one. "start" is in
# the range, touches a profile file, and has no evidence against it.
side() {
	git checkout -q -f start &&
	echo "zero: same" >message &&
	eval "$2" &&
	git add -- src lib include &&
	test_tick &&
	git commit -q --allow-empty -F message &&
	git tag "$1"
}

# pair <name> <better> <worse>: two commits that do not know of each other, in
# two ranges, once the better one is the older, once the newer one.
pair() {
	side "$1-better1" "$2" && side "$1-worse1" "$3" &&
	test_tick && git merge -q -s ours -m both "$1-better1" && git tag "$1-1" &&
	side "$1-worse2" "$3" && side "$1-better2" "$2" &&
	test_tick && git merge -q -s ours -m both "$1-worse2" && git tag "$1-2"
}

cat >compare <<\EOT
import json, sys
better, worse, kinds = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
by_id = {c["id"]: c for c in json.load(sys.stdin)["ranking"]}
a, b = by_id[better], by_id[worse]
parts = [{p["kind"]: p["score"] for p in c["parts"]} for c in (a, b)]
for kind in sorted(set(parts[0]) | set(parts[1]) | set(kinds)):
    x, y = parts[0].get(kind, 0), parts[1].get(kind, 0)
    if x <= y if kind in kinds else x != y:
        sys.exit("%s: %g and %g" % (kind, x, y))
if a["rank"] >= b["rank"]:
    sys.exit("ranks %d and %d" % (a["rank"], b["rank"]))
EOT

# ahead <name> <kind>[,<kind>...] [<options>]: the better one comes first in both
# ranges, by exactly these kinds of evidence.
ahead() {
	ahead_name=$1
	ahead_kinds=$2
	shift 2
	for turn in 1 2
	do
		git perfrank --json "$@" "base..$ahead_name-$turn" >json &&
		python3 "$HOME/compare" "$(git rev-parse "$ahead_name-better$turn")" \
			"$(git rev-parse "$ahead_name-worse$turn")" "$ahead_kinds" <json || return 1
	done
}

test_expect_success 'set up' '
	new_program repo &&
	chmod +x lib/log.c &&
	test_tick &&
	git commit -q -a -m "zero: same" &&
	git tag start
'

test_expect_success 'hunk: the hot function before its cold neighbour' '
	pair hunk "ring_push_more=\"r = 0\" write_program" "ring_free_more=\"r = 0\" write_program" &&
	ahead hunk hunk
'

test_expect_success 'hunk: the hottest function before one less hot' '
	pair hottest "ring_push_more=\"r = 0\" write_program" "ring_pop_more=\"r = 0\" write_program" &&
	ahead hottest hunk
'

test_expect_success 'hunk: the hottest function before a cold one in another file' '
	pair cold "ring_push_more=\"r = 0\" write_program" "log_write_more=\"r = 0\" write_program" &&
	ahead cold hunk,churn,directory
'

test_expect_success 'churn: the file of hot functions before one of cold ones' '
	pair churn "write_function quiet 0 >>src/ring.c" "write_function quiet 0 >>src/list.c" &&
	ahead churn churn
'

test_expect_success 'churn: many lines before few' '
	pair lines "write_function quiet 0 0 0 0 0 >>src/ring.c" \
		"write_function quiet 0 >>src/ring.c" &&
	ahead lines churn
'

test_expect_success 'churn: lines of comment do not count' '
	pair comment "echo \"int quiet;\" >>src/ring.c" \
		"printf \"/*\\n * long\\n * words\\n */\\n\" >>src/ring.c" &&
	ahead comment churn,directory
'

test_expect_success 'uses: lines with what a hot function uses' '
	pair uses "echo \"extern int head;\" >>src/list.c" "echo \"extern int zero;\" >>src/list.c" &&
	ahead uses uses
'

test_expect_success 'header: a header with what a hot function uses' '
	pair header "echo \"#define head front\" >>include/ring.h" "echo \"#define zero front\" >>include/ring.h" &&
	ahead header header
'

test_expect_success 'header: of a header that no hot file includes nothing is expected' '
	pair foreign "echo \"#define head front\" >>include/ring.h" "echo \"#define head front\" >include/far.h" &&
	ahead foreign header
'

test_expect_success 'directory: code beside hot files before code elsewhere' '
	pair directory "write_function quiet 0 >src/near.c" "write_function quiet 0 >include/near.c" &&
	ahead directory directory
'

test_expect_success 'directory: prose beside hot files is no code' '
	pair prose "write_function quiet 0 >src/near.c" "write_function quiet 0 >src/near.txt" &&
	ahead prose directory
'

test_expect_success 'message: the name of a hot function' '
	pair message "printf \"zero: same\\n\\nin ring_push there\\n\" >message" \
		"printf \"zero: same\\n\\nin cold_walk there\\n\" >message" &&
	ahead message message
'

test_expect_success 'message: trailers do not count' '
	pair trailer "printf \"zero: same\\n\\nring push\\n\" >message" \
		"printf \"zero: same\\n\\nReported-by: ring push\\nCc: ring push\\n\" >message" &&
	ahead trailer message
'

test_expect_success 'subject: the name of a hot file, as often as in a body' '
	pair subject "printf \"ring\\n\\nzero zero zero zero\\n\" >message" \
		"printf \"zero\\n\\nring ring ring ring\\n\" >message" &&
	ahead subject subject
'

test_expect_success 'context: a message that answers it' '
	pair context "printf \"zero: same\\n\\nless stalls here\\n\" >message" \
		"printf \"zero: same\\n\\nless words here\\n\" >message" &&
	ahead context context,message --context="front-end stalls" &&
	echo "it stalls" >context &&
	ahead context context,message --context-file=context &&
	echo "it stalls" | git perfrank --context-file=- --json base..context-1 >json &&
	python3 "$HOME/compare" "$(git rev-parse context-better1)" "$(git rev-parse context-worse1)" \
		context,message <json
'

test_expect_success 'code: a changed function with a word of the context' '
	pair code "write_function pool_alloc 0 >>src/ring.c" "write_function pool_other 0 >>src/ring.c" &&
	ahead code code --context="slow allocations"
'

test_expect_success 'code: a changed file with a word of the context' '
	pair file "write_function quiet 0 >src/alloc.c" "write_function quiet 0 >src/other.c" &&
	ahead file code --context="slow allocations"
'

test_expect_success 'named: what a later commit fixes' '
	pair named : : &&
	for turn in 1 2
	do
		git checkout -q named-$turn &&
		id=$(git rev-parse named-better$turn | cut -c 1-12) &&
		git commit -q --allow-empty -m "zero: repair

Fixes: $id (\"zero: same\")" &&
		git tag -f named-$turn || return 1
	done &&
	ahead named named
'

test_expect_success 'named: what a later commit reverts counts against' '
	pair undone : "ring_push_more=\"r = 0\" write_program" &&
	for turn in 1 2
	do
		git checkout -q undone-$turn &&
		git commit -q --allow-empty -m "Revert \"zero: same\"

This reverts commit $(git rev-parse undone-worse$turn)." &&
		git tag -f undone-$turn || return 1
	done &&
	git perfrank --explain base..undone-1 >out &&
	test_grep "^ *-0.25 is named by a later commit of the range: it reverts this one" out &&
	ahead undone named --weights=hunk=0,churn=0,uses=0,directory=0
'

test_expect_success 'named: by a commit outside of the range nothing is named' '
	git checkout -q undone-worse1 &&
	git perfrank --explain base..undone-worse1 >out &&
	test_grep ! "named" out
'

test_expect_success 'a row with a wrong path counts by its function' '
	sed "/ring_push/s,src/ring.c,lib/log.c," .git/perf/kernel_func.csv >wrong.csv &&
	ahead hunk hunk -p wrong.csv 2>err &&
	test_grep "1 of 4 paths were wrong and are corrected: ring_push lib/log.c -> src/ring.c" err
'

test_expect_success 'a row without a path counts by its function' '
	sed "s,src/ring.c,," .git/perf/kernel_func.csv >none.csv &&
	git perfrank -n 1 --format="%H" -p none.csv --context="ring push" base..message-1 >actual 2>/dev/null &&
	git rev-parse message-better1 >expect &&
	test_cmp expect actual
'

test_expect_success 'weights change the order' '
	ahead hunk hunk --weights=hunk=1,uses=0 &&
	test_must_fail ahead hunk hunk --weights=hunk=-1,uses=0 &&
	git perfrank --weights=hunk=-1,uses=0 --format=%H -n 1 base..hunk-1 >actual &&
	git rev-parse hunk-worse1 >expect &&
	test_cmp expect actual &&
	test_config perfrank.weights hunk=-1,uses=0 &&
	git perfrank --format=%H -n 1 base..hunk-1 >actual &&
	test_cmp expect actual &&
	git perfrank --no-weights --format=%H -n 1 base..hunk-1 >actual &&
	git rev-parse hunk-better1 >expect &&
	test_cmp expect actual
'

test_expect_success 'wrong weights are refused, with the names there are' '
	for weights in hunk hunk= hunk=x bogus=1 hunk=nan hunk=inf hunk=1001 hunk=1,,uses=1 "hunk=1 ; rm"
	do
		misused "weights are <name>=<number>.*hunk, churn, uses, header" \
			git perfrank --weights="$weights" base..hunk-1 || return 1
	done
'

test_expect_success 'what no evidence tells apart is ordered from the newest' '
	git checkout -q -f start &&
	for i in 1 2 3
	do
		test_tick &&
		git commit -q --allow-empty -m "zero: same" || return 1
	done &&
	test_tick &&
	ring_push_more="r = 0" write_program &&
	git commit -q -a -m "zero: same" &&
	git rev-list start..HEAD >expect &&
	git perfrank -n 0 --format=%H start..HEAD >actual &&
	test_cmp expect actual
'

test_done
