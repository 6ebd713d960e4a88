#!/bin/sh

test_description='git perfrank: the table, its reasons, and what programs read'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfrank.sh"

ESC=$(printf '\033')
# The control sequence introducer as one character, which tags may hold.
CSI=$(printf '\302\233')

test_expect_success 'set up' '
	new_program repo &&
	git tag v1.0 &&
	change one "ring: part one" "ring_push_more=r = 1" &&
	change two "ring: part two" "ring_push_more=r = 1" "list_walk_more=r = 2" &&
	change other "log: in between" "ring_push_more=r = 1" "list_walk_more=r = 2" "log_write_more=r = 3" &&
	git tag v1.1 &&
	git commit -q --amend -m "log: in between" --author="B Thor <b@example.com>" &&
	git tag -f other &&
	git tag -f v1.1 &&
	change last "ring: at last" "ring_push_more=r = 1" "list_walk_more=r = 2" "log_write_more=r = 3" \
		"ring_pop_more=r = 4" &&
	change quiet "none: not hot" "ring_push_more=r = 1" "list_walk_more=r = 2" "log_write_more=r = 3" \
		"ring_pop_more=r = 4" "other_thing_more=r = 5" &&
	git tag v1.2 &&
	git perfrank -n 0 --json v1.0..v1.2 >json &&
	git perfrank -n 0 --porcelain v1.0..v1.2 >porcelain
'

# query <expression>: of the JSON object d.
query() {
	python3 -c "
import json, sys
d = json.load(open(sys.argv[2]))
print($1)" - "${2-json}"
}

test_expect_success 'the table: a summary, columns, the hottest functions of each commit' '
	git perfrank v1.0..v1.2 >out &&
	sed -n 1p out >first &&
	test_grep "^5 commits in v1\.0\.\.v1\.2 (2 chunks), 4 change the 3 files of .*kernel_func.csv\.\$" first &&
	test_grep "^The likeliest 5 hold 100% of the prior" out &&
	test_grep "^RANK  SCORE  COMMIT        SUBJECT  *HOT FUNCTIONS\$" out &&
	test_grep "^   1  *[0-9.]*  $(git rev-parse one | cut -c 1-12)  ring: part one  *ring_push 60%\$" out &&
	test_grep "none: not hot *\$" out &&
	test_grep ! "  *\$" first
'

test_expect_success 'on a narrow terminal the subject gives way, and no line is wider' '
	"$HELPER_PATH/test-pty" --columns 55 git --no-pager perfrank --no-color --no-progress v1.0..v1.2 >out &&
	tail -n +5 out >rows &&
	test_grep "\.\.\." rows &&
	awk "length(\$0) > 55" rows >wide &&
	test_must_be_empty wide
'

test_expect_success '-n limits, 0 is all, perfrank.limit is the default' '
	git perfrank --porcelain -n 2 v1.0..v1.2 >actual &&
	head -n 2 porcelain >expect &&
	test_cmp expect actual &&
	git perfrank --porcelain --limit=1000000 v1.0..v1.2 >actual &&
	test_cmp porcelain actual &&
	git -c perfrank.limit=1 perfrank --porcelain v1.0..v1.2 >actual &&
	test_line_count = 1 actual &&
	git -c perfrank.limit=1 perfrank --porcelain -n 0 v1.0..v1.2 >actual &&
	test_cmp porcelain actual &&
	git perfrank -n 1 v1.0..v1.2 >out &&
	test_grep "^The likeliest holds [0-9]*% of the prior" out
'

test_expect_success 'a series stands together, below its best commit' '
	git perfrank v1.0..v1.2 >out &&
	grep -A 1 "ring: part one" out >both &&
	test_grep "  + ring: part two" both &&
	test_grep ! "+ log: in between" out &&
	test_grep ! "+ ring: at last" out &&
	git rev-parse one one other last quiet >expect &&
	query "\"\n\".join(c[\"series\"] for t in \"$(git rev-parse one) $(git rev-parse two) $(git rev-parse other) $(git rev-parse last) $(git rev-parse quiet)\".split() for c in d[\"ranking\"] if c[\"id\"] == t)" >actual &&
	test_cmp expect actual
'

test_expect_success '--short-lists: each chunk, then all' '
	git perfrank --short-lists -n 1 v1.0..v1.2 >out &&
	sed -n "s/^\(.*\): the likeliest.*/\1/p" out >actual &&
	test_write_lines v1.0..v1.1 v1.1..v1.2 v1.0..v1.2 >expect &&
	test_cmp expect actual &&
	test_grep "^v1.0..v1.1: the likeliest of 3 commits" out &&
	test_grep "^v1.1..v1.2: the likeliest of 2 commits" out &&
	sed "1,/^v1.1..v1.2/d" out >second &&
	grep "^ *[0-9]" second >rows &&
	sed -n 1p rows >first &&
	test_grep "ring: at last" first &&
	tail -n 1 rows >last &&
	test_grep "ring: part one" last &&
	test_line_count = 2 rows
'

test_expect_success '--explain: the parts sum to the score' '
	git perfrank --explain -n 0 v1.0..v1.2 >out &&
	awk "
		function check() { if (id && (sum - score > 0.06 || score - sum > 0.06)) print id, sum, score }
		/^ *[0-9]+\. [0-9a-f]+ / { check(); id = \$2; sum = 0; seen++ }
		\$1 == \"score\" { score = \$2 + 0 }
		/^ *[-+][0-9]/ { sum += \$1 }
		END { check(); if (seen != 5) print seen, \"commits\" }
	" out >wrong &&
	test_must_be_empty wrong &&
	test_grep "changes hot functions: 1 line in ring_push (60%)" out
'

test_expect_success 'JSON: the parts sum to the score, exactly' '
	query "all(abs(sum(p[\"score\"] for p in c[\"parts\"]) - c[\"score\"]) < 1e-4 for c in d[\"ranking\"])" >actual &&
	echo True >expect &&
	test_cmp expect actual
'

test_expect_success 'JSON has the keys of the manual, and no others' '
	query "\" \".join(sorted(d)), \"|\", \" \".join(sorted(d[\"ranking\"][0])), \"|\",
		\" \".join(sorted(d[\"ranking\"][0][\"parts\"][0])), \"|\",
		\" \".join(sorted(d[\"ranking\"][0][\"functions\"][0])), \"|\", \" \".join(sorted(d[\"chunks\"][0]))" >actual &&
	echo "chunks commits ranking schema tip | chunk functions id parts rank score series subject weight |" \
		"kind reason score | function lines percent | commits from to" >expect &&
	test_cmp expect actual &&
	for key in $(query "\" \".join(list(d) + list(d[\"ranking\"][0]) + [\"kind\", \"reason\", \"function\", \"lines\", \"percent\"])")
	do
		test_grep "\`$key\`" "$PROJECT_SOURCE/Documentation/git-perfrank.adoc" || return 1
	done
'

test_expect_success 'JSON says what it is of' '
	query "d[\"schema\"], d[\"tip\"], d[\"commits\"]" >actual &&
	echo "git-perfrank/1 $(git rev-parse v1.2) 5" >expect &&
	test_cmp expect actual
'

test_expect_success 'kinds of evidence are those of the manual' '
	test_expect_code 129 git perfrank --weights=x=1 v1.0..v1.2 2>err &&
	for kind in $(sed "s/.*the names are//" err | tr -d ,)
	do
		test_grep "^$kind ([0-9.]*)::" "$PROJECT_SOURCE/Documentation/git-perfrank.adoc" || return 1
	done
'

test_expect_success '--porcelain: seven fields, those of JSON' '
	awk -F "\t" "NF != 7" porcelain >wrong &&
	test_must_be_empty wrong &&
	query "\"\n\".join(\"%d\t%s\t%s\t%s\t%s\" % (c[\"rank\"], c[\"id\"], c[\"chunk\"], \", \".join(\"%s %g%%\" % (f[\"function\"], f[\"percent\"]) for f in c[\"functions\"]), c[\"subject\"]) for c in d[\"ranking\"])" >expect &&
	cut -f 1,4- porcelain >actual &&
	test_cmp expect actual
'

test_expect_success '-z ends the records with NUL' '
	git perfrank -n 0 --porcelain -z v1.0..v1.2 >z &&
	tr "\n\0" "x\n" <z >actual &&
	test_cmp porcelain actual &&
	git perfrank -n 0 --format="%H%n%(rank)" -z v1.0..v1.2 >z &&
	tr "\n\0" " \n" <z >actual &&
	awk -F "\t" "{ print \$4, \$1 }" porcelain >expect &&
	test_cmp expect actual &&
	git perfrank --format=prior -z v1.0..v1.2 >z &&
	git perfrank --format=prior v1.0..v1.2 >expect &&
	tr "\0" "\n" <z >actual &&
	test_cmp expect actual
'

test_expect_success '--format: placeholders of ours are the fields of --porcelain' '
	git perfrank -n 0 --format="%(rank)%x09%(score)%x09%(weight)%x09%H%x09%(chunk)%x09%(functions)%x09%s" \
		v1.0..v1.2 >actual &&
	test_cmp porcelain actual
'

test_expect_success '--format: placeholders of git are those of git log' '
	for format in "%h %an <%ae> %at" "%s%n%b" "%d" "%D%%" "%%" "%%h" "%n" "" "plain" "%C(red)x%C(reset)" \
		"%x41%x09" "%<(20)%s|" "%aI" "%T %P" "%%(rank)" "%%%h" "a%" "%(trailers)" "% H" "%+s%-b"
	do
		cut -f 4 porcelain >ids &&
		git log --no-walk=unsorted --stdin --format="tformat:$format" <ids >expect &&
		if ! git perfrank -n 0 --format="$format" v1.0..v1.2 >actual || ! test_cmp expect actual
		then
			echo >&4 "format: <$format>"
			return 1
		fi
	done
'

test_expect_success '--format: ours at the ends, side by side, and twice' '
	git perfrank -n 1 --format="%(rank)%(rank)-%(chunk)%(rank)" v1.0..v1.2 >actual &&
	echo "11-v1.0..v1.11" >expect &&
	test_cmp expect actual &&
	git perfrank -n 1 --format="%%%(rank)%%(rank)%(nothing)" v1.0..v1.2 >actual &&
	echo "%1%(rank)%(nothing)" >expect &&
	test_cmp expect actual &&
	git perfrank -n 1 --format="%x00%(rank)%x00" v1.0..v1.2 | tr "\0" "." >actual &&
	echo ".1." >expect &&
	test_cmp expect actual &&
	git perfrank -n 1 --format="%x00a%%x00%(rank)%+x00b%x00%(rank)%% x00%x0a" v1.0..v1.2 | tr "\n\0" ",." >actual &&
	printf ".a%%x001,.b.1%% x00,," >expect &&
	test_cmp expect actual
'

test_expect_success '--format: NULs that cannot be counted are refused, the separators of git are not' '
	git checkout -q -b trailers v1.2 &&
	git commit -q --allow-empty -m "ring: say who" -m "Cc: a
Cc: b" &&
	misused "%x00 within" git perfrank --format="%(trailers:key=Cc,separator=%x00)%(rank)" v1.0..trailers &&
	git perfrank --format="%(trailers:key=Cc,separator=%x2C)%x00%(chunk)" -n 0 v1.0..trailers |
		tr "\0" "." >out &&
	test_grep "^Cc: a,Cc: b\.v1.2..trailers\$" out &&
	git checkout -q v1.2
'

test_expect_success '--format: colour when it is asked for' '
	git perfrank -n 1 --format="%C(auto)%h" --color v1.0..v1.2 >out &&
	test_grep "$ESC" out &&
	git perfrank -n 1 --format="%C(auto)%h" --no-color v1.0..v1.2 >out &&
	test_grep ! "$ESC" out &&
	git perfrank -n 1 --format="%C(red)%h" v1.0..v1.2 >out &&
	test_grep ! "$ESC" out
'

test_expect_success '--format: what git log is configured to do does not show' '
	git perfrank -n 0 --format="%H" v1.0..v1.2 >expect &&
	git notes add -m "a note" one &&
	for setting in log.showSignature=true log.diffMerges=first-parent log.follow=true log.decorate=full \
		format.pretty=fuller log.graphColors=red diff.stat=true log.showRoot=true core.commentChar=auto \
		i18n.logOutputEncoding=latin1 notes.displayRef=refs/notes/* log.abbrevCommit=true
	do
		git -c $setting perfrank -n 0 --format="%H" v1.0..v1.2 >actual &&
		test_cmp expect actual || return 1
	done
'

test_expect_success '--format=prior: each id of the range once, in its order, summing to 1' '
	git perfrank -n 1 --format=prior v1.0..v1.2 >prior &&
	git rev-list --reverse --topo-order v1.0..v1.2 >expect &&
	cut -d " " -f 1 prior >actual &&
	test_cmp expect actual &&
	awk "{ sum += \$2; if (\$2 <= 0) bad = 1 } END { exit bad || sum < 1 - 1e-6 || sum > 1 + 1e-6 }" prior &&
	git perfrank -n 0 --format="%H %(weight)" v1.0..v1.2 | sort >expect &&
	sort prior | awk "{ printf \"%s %.6e\n\", \$1, \$2 }" >actual &&
	test_cmp expect actual
'

test_expect_success 'colour: --color, color.perfrank, color.ui, NO_COLOR' '
	git perfrank --color v1.0..v1.2 >out &&
	test_grep "$ESC\[33m" out &&
	git -c color.ui=always perfrank v1.0..v1.2 >out &&
	test_grep "$ESC" out &&
	git -c color.ui=always -c color.perfrank=false perfrank v1.0..v1.2 >out &&
	test_grep ! "$ESC" out &&
	git -c color.ui=always perfrank --no-color v1.0..v1.2 >out &&
	test_grep ! "$ESC" out &&
	git perfrank v1.0..v1.2 >out &&
	test_grep ! "$ESC" out
'

test_expect_success 'progress when it is asked for, on stderr only' '
	git perfrank --porcelain -n 0 --progress v1.0..v1.2 >out 2>err &&
	test_cmp porcelain out &&
	git perfrank --porcelain -n 0 --no-progress v1.0..v1.2 >out 2>err &&
	test_must_be_empty err
'

# seen_lines <delay> <command>...: the lines that a terminal got one after the other.
seen_lines() {
	GIT_PROGRESS_DELAY=$1 "$HELPER_PATH/test-pty" --columns 120 git --no-pager perfrank "$2" v1.0..v1.2 >seen &&
	tr "\r" "\n" <seen | sed "s/ *\$//" >lines
}

test_expect_success 'a terminal has a first line before the commits are listed; short work leaves none' '
	git perfrank --no-color v1.0..v1.2 >table &&
	seen_lines 1000 --no-color &&
	sed 3q lines >first &&
	test_write_lines "Reading the profile" "" "Listing commits" >expect &&
	test_cmp expect first &&
	test_grep ! "done" lines &&
	tail -n $(wc -l <table) lines >last &&
	test_cmp table last &&
	seen_lines 0 --no-color &&
	test_grep "^Reading the profile, done.$" lines &&
	test_grep "^Listing commits: 5, done.$" lines &&
	seen_lines 0 --no-progress &&
	test_grep ! "commits:\|profile, done" lines
'

test_expect_success 'without a terminal there is nothing unless it is asked for, then a line for each step' '
	git perfrank --porcelain -n 0 v1.0..v1.2 >out 2>err &&
	test_must_be_empty err &&
	GIT_PROGRESS_DELAY=1000 git perfrank --porcelain -n 0 --progress v1.0..v1.2 >out 2>err &&
	sed 2q err >first &&
	test_write_lines "Reading the profile" "Listing commits" >expect &&
	test_cmp expect first &&
	test_cmp porcelain out
'

test_expect_success 'set up text that would move a terminal' '
	git checkout -q -b evil v1.2 &&
	ring_push="r = ${ESC}[31m9" write_program &&
	printf "ring: ${ESC}[31mred${ESC}[2J ${CSI}2J \t tab\n\nbody ${ESC}]0;title\007\n\nring_push: \353\277 \342\200\256 no UTF-8\n" >message &&
	GIT_AUTHOR_NAME="${ESC}[5mB Link ${CSI}5m" git commit -q -a -F message &&
	git tag "v1.3${CSI}31m" &&
	git tag v1.3 &&
	mkdir "src/${ESC}[1m" &&
	cp src/ring.c "src/${ESC}[1m/ring${CSI}1m.c" &&
	git add src &&
	git commit -q -m "ring: add a strange file" &&
	git tag evil-tip &&
	(
		write_profile &&
		printf "ring_push,1,1,src/${ESC}[1m/ring${CSI}1m.c\n" &&
		printf "f${ESC}[31m,1,1,src/gone${ESC}[31m.c\n"
	) >"evil${ESC}[31m.csv"
'

# harmless <name> <command>...: neither stream holds a control sequence.
harmless() {
	harmless_name=$1
	shift
	"$@" >out 2>err
	harmless_status=$?
	if grep -e "$ESC" -e "$CSI" -e "$(printf "\342\200\256")" out err >found
	then
		echo >&4 "$harmless_name sends: $(cat -v found)"
		return 1
	fi
	return $harmless_status
}

test_expect_success 'no control sequence of the repository or the profile reaches a terminal' '
	set -- -p "evil${ESC}[31m.csv" --no-color "v1.0..evil-tip" &&
	harmless table git perfrank "$@" &&
	test_grep "x1b\[31mred" out &&
	harmless explain git perfrank --explain --context="$(printf "stalls ${ESC}[31m")" "$@" &&
	harmless short-lists git perfrank --short-lists -n 3 -p "evil${ESC}[31m.csv" "v1.0..v1.3${CSI}31m" &&
	harmless merges git perfrank --merges "$@" &&
	harmless porcelain git perfrank --porcelain "$@" &&
	harmless porcelain-z git perfrank --porcelain -z "$@" &&
	harmless json git perfrank --json "$@" &&
	python3 -m json.tool <out >/dev/null &&
	harmless format git perfrank --format="%H %(functions) %(chunk)" -p "evil${ESC}[31m.csv" "v1.0..v1.3${CSI}31m" &&
	harmless list git perfrank list -o - "$@" &&
	harmless list-files git perfrank list -o . "$@" &&
	harmless list-files git perfrank list -o . -p "evil${ESC}[31m.csv" "v1.0..v1.3${CSI}31m" &&
	harmless show git perfrank show -p "evil${ESC}[31m.csv" evil-tip~1 v1.0..evil-tip &&
	harmless show git perfrank show -p "evil${ESC}[31m.csv" evil-tip "v1.0..evil-tip" &&
	test_must_fail harmless unknown git perfrank "v1.0..nope${ESC}[31m" &&
	test_must_fail harmless unknown git perfrank show "nope${ESC}[31m" v1.0..v1.1 &&
	test_must_fail harmless profile git perfrank -p "no${ESC}[31m.csv" v1.0..v1.1 &&
	test_must_fail harmless option git perfrank "--no${ESC}[31m" v1.0..v1.1 &&
	test_must_be_empty found
'

test_expect_success 'JSON holds any bytes as valid text' '
	git perfrank --json -p "evil${ESC}[31m.csv" v1.0..evil-tip >evil.json 2>/dev/null &&
	query "[c[\"subject\"] for c in d[\"ranking\"] if \"red\" in c[\"subject\"]][0].encode()" evil.json >actual &&
	test_grep "x1b\[31mred.x1b\[2J .xc2.x9b2J" actual
'

test_expect_success 'two runs, another locale, another folder: the same bytes' '
	for form in --json --porcelain --explain "--short-lists --merges" --format=prior "--format=%H%x20%(score)"
	do
		git perfrank -n 0 $form v1.0..v1.2 >expect &&
		git perfrank -n 0 $form v1.0..v1.2 >actual &&
		test_cmp expect actual &&
		LC_ALL=C.UTF-8 git perfrank -n 0 $form v1.0..v1.2 >actual &&
		test_cmp expect actual &&
		(cd src && git perfrank -n 0 $form v1.0..v1.2) >actual &&
		test_cmp expect actual &&
		git -C src perfrank -n 0 $form v1.0..v1.2 >actual &&
		test_cmp expect actual || return 1
	done
'

test_expect_success 'a message that speaks of our placeholders does not become one' '
	git checkout -q -B says v1.2 &&
	git commit -q --allow-empty -m "ring: say %(rank) and %(score) %x00 %n" &&
	git perfrank -n 0 --format="%s|%(rank)" v1.0..says >out &&
	test_grep "^ring: say %(rank) and %(score) %x00 %n|[0-9]*\$" out
'

test_expect_success 'a full disk is an error' '
	if test -c /dev/full
	then
		for form in "" --json --porcelain --format=%H --format=prior --explain
		do
			test_expect_code 128 git perfrank $form v1.0..v1.2 >/dev/full 2>err &&
			test_grep "^fatal: " err || return 1
		done
	fi
'

test_expect_success 'a closed pipe ends the command without a word' '
	(git perfrank -n 0 --explain v1.0..v1.2 2>err; echo $? >status) | : &&
	test_must_be_empty err
'

test_done
