#!/bin/sh

test_description='git perfbisect report: as a mail, and as a page'

. "$(dirname "$0")/test-lib.sh"
. "$TEST_SOURCE/lib-perfbisect.sh"

# Commits are added to a series by hand, so that what they say is theirs.
# commit <file of the message> <level> [<name> <mail>]
commit() {
	echo "$2" >level &&
	echo "$2 $1" >>number &&
	GIT_AUTHOR_NAME="${3-A U Thor}" GIT_AUTHOR_EMAIL="${4-author@example.com}" \
		git commit -q -a -F "$1"
}

# header <name> <mbox>: its value, unfolded and decoded, by Perl's own library.
header() {
	perl -MEncode -CO -e '
		my ($name, $file) = @ARGV;
		open my $in, "<", $file or die;
		local $/;
		my ($head) = split /\n\n/, <$in>, 2;
		$head =~ s/\n[ \t]+/ /g;
		print decode("MIME-Header", $1), "\n" if $head =~ /^\Q$name\E: (.*)$/m;
	' "$1" "$2"
}

test_expect_success 'set up: a culprit with people in its message, an answer that is none, and others' '
	(
		new_series plain 4 5 &&
		cat >../message <<-\EOF &&
		sched: pick the next task by name

		From nobody knows where.

		Signed-off-by: Si Gner <signer@example.com>
		Reviewed-by: "Re, Viewer" <reviewer@example.com>
		Acked-by: A Ck <ack@example.com> # with a word
		Reported-by: Somebody Else <reporter@example.com>
		Cc: stable@example.com
		Signed-off-by: W Riter <writer@example.com>
		EOF
		commit ../message 110 "W Riter" writer@example.com &&
		git tag culprit &&
		echo "later" >../later &&
		commit ../later 110 &&
		quick_series --strategy=bayes --build "true build" >../out &&
		git perfbisect run >../out &&
		first_bad culprit ../out
	) &&
	(
		new_series undecided 40 23 &&
		quick_series --strategy=bayes --budget=10boots >../out &&
		test_expect_code 2 git perfbisect run >../out
	) &&
	(
		new_series same 5 6 &&
		quick_series >../out &&
		test_expect_code 1 git perfbisect run >../out
	) &&
	(
		new_series set 12 7 &&
		quick_series >../out &&
		git perfbisect skip c6 c7 c8 >../out &&
		test_expect_code 2 git perfbisect run >../out &&
		test_grep "^The culprit is one of" ../out
	)
'

test_expect_success 'the mail has the headers of a regression report' '
	git -C plain perfbisect report --format=mail >mail 2>err &&
	test_must_be_empty err &&
	sed 1q mail >actual &&
	echo "From $(git -C plain rev-parse culprit) Mon Sep 17 00:00:00 2001" >expect &&
	test_cmp expect actual &&
	cat >expect <<-EOF &&
	A U Thor <author@example.com>
	W Riter <writer@example.com>
	Si Gner <signer@example.com>, "Re, Viewer" <reviewer@example.com>, A Ck <ack@example.com>
	EOF
	for name in From To Cc
	do
		header $name mail || return 1
	done >actual &&
	test_cmp expect actual &&
	header Subject mail >actual &&
	echo "[REGRESSION] sched: pick the next task by name: measure +10.0 %" >expect &&
	test_cmp expect actual
'

test_expect_success 'who moved is written to by the mailmap' '
	echo "Si Gnée <new@example.com> <signer@example.com>" >plain/.mailmap &&
	git -C plain perfbisect report --format=mail >mapped &&
	rm plain/.mailmap &&
	echo "Si Gnée <new@example.com>, \"Re, Viewer\" <reviewer@example.com>, A Ck <ack@example.com>" >expect &&
	header Cc mapped >actual &&
	test_cmp expect actual
'

test_expect_success 'an author whom no mail can reach is told of' '
	echo "W Riter <schön@example.com> <writer@example.com>" >plain/.mailmap &&
	git -C plain perfbisect report --format=mail >mapped 2>err &&
	rm plain/.mailmap &&
	test_grep "^warning: the author, .W Riter <sch.*@example.com>., has no address that a mail can go to, and is not in To" err &&
	test_grep ! "^To:" mapped
'

test_expect_success 'git reads it as one mail' '
	mkdir split &&
	git mailsplit -osplit mail >actual &&
	echo 1 >expect &&
	test_cmp expect actual &&
	git mailinfo body patch <split/0001 >info &&
	test_grep -x "Author: A U Thor" info &&
	test_grep -x "Email: author@example.com" info &&
	test_grep "^Date: .* +0000\$" info &&
	test_grep -x "First bad commit: $(git -C plain rev-parse culprit) sched: pick the next task by name" body &&
	test_grep -x "Last good commit: $(git -C plain rev-parse culprit~) change number 4" body
'

test_expect_success 'status and report draw the samples, with levels and intervals' '
	(
		cd plain &&
		good=$(git rev-parse --short=12 c1) bad=$(git rev-parse --short=12 main) &&
		git perfbisect report >../out &&
		sed -n "/^The samples/,/^\$/p" ../out >../drawn &&
		sed 1,2d ../drawn | cut -c 1-12 >../ids &&
		test_grep -x $good ../ids &&
		test_grep -x "$(git rev-parse --short=12 culprit)" ../ids &&
		test_grep "^ \{26\}100 s .* 110 s\$" ../drawn &&
		test_grep "^$good good end     o-*|\$" ../drawn &&
		test_grep "^$bad bad end  *|-*#\$" ../drawn &&
		git perfbisect status >../status &&
		sed -n "/^The samples/,/^\$/p" ../status >../actual &&
		test_cmp ../drawn ../actual
	)
'

test_expect_success 'an answer that is still open says how sure it is, and names none of many' '
	(
		cd undecided &&
		test_expect_code 2 git perfbisect report >../out &&
		sed -n 2,3p ../out >../said &&
		test_grep "^No commit is likelier than [0-9]* %" ../said &&
		git perfbisect undo >../out &&
		git perfbisect status >../out &&
		test_grep "^No commit is likelier than [0-9]* %; about [0-9]* more boots* would settle it, the next of [0-9a-f]*\$" ../out &&
		test_expect_code 2 git perfbisect run >../out
	)
'

# well_formed <file>: for a parser of XML that is no browser.
well_formed() {
	python3 -c "
import sys
import xml.etree.ElementTree
xml.etree.ElementTree.parse(sys.argv[1])
" "$1"
}

test_expect_success 'the page is one well-formed file that needs no other' '
	git -C plain perfbisect report --format=html >page 2>err &&
	test_must_be_empty err &&
	well_formed page &&
	test_grep "^<!DOCTYPE html>" page &&
	test_grep "<h1>$(git -C plain rev-parse --short=12 culprit) made measure worse: +10.0 %</h1>" page &&
	sed "s|xmlns=.http://www.w3.org/[0-9a-z/]*.||g" page >rest &&
	test_grep ! -i "<script\|src=\|href=\|url(\|@import\|http:\|https:\| on[a-z]*=" rest
'

test_expect_success 'the page draws what was measured, and how probable each commit is' '
	test_grep "<svg .*aria-labelledby=.samples-title samples-desc." page &&
	test_grep "<svg .*aria-labelledby=.posterior-title posterior-desc." page &&
	python3 -c "
import sys
import xml.etree.ElementTree
svg = \"{http://www.w3.org/2000/svg}\"
root = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
charts = {c.find(svg + \"title\").get(\"id\"): c for c in root.iter(svg + \"svg\") if c.find(svg + \"title\") is not None}
samples = charts[\"samples-title\"]
print(len([c for c in samples.iter(svg + \"circle\")]), \"samples\")
for mark in \"good\", \"bad\":
    print(len([p for p in samples.iter(svg + \"path\") if p.get(\"class\") == \"mark \" + mark]), mark)
print(len([p for p in charts[\"posterior-title\"].iter(svg + \"path\") if p.get(\"class\") == \"bar in\"]), \"in the set\")
" page >actual &&
	git -C plain perfbisect report --json >json &&
	python3 -c "
import json
import sys
report = json.load(open(sys.argv[1]))
tested = report[\"tested\"]
print(sum(c[\"samples\"] for c in tested), \"samples\")
for mark in \"good\", \"bad\":
    print(len([c for c in tested if c[\"mark\"] == mark]), mark)
print(len(report[\"set\"]), \"in the set\")
" json >expect &&
	test_cmp expect actual
'

test_expect_success 'a page is there for every answer, and its status is that of the answer' '
	for dir in undecided same set
	do
		git -C $dir perfbisect report --format=text >out
		echo $? >expect &&
		git -C $dir perfbisect report --format=html >page-$dir
		echo $? >actual &&
		test_cmp expect actual &&
		well_formed page-$dir || return 1
	done &&
	test_grep "<h1>Undecided: [0-9]* commits hold the culprit with 95 % confidence</h1>" page-undecided &&
	test_grep "<h1>Not reproduced</h1>" page-same &&
	test_grep "<h1>The culprit is one of [0-9]* commits</h1>" page-set &&
	test_grep ! "What it changes" page-undecided page-same page-set
'

# refuses_mail <dir> <status> <pattern>
refuses_mail() {
	test_expect_code $2 git -C $1 perfbisect report --format=mail >out 2>err &&
	test_must_be_empty out &&
	test_line_count = 1 err &&
	test_grep "^warning: no mail is written: $3" err
}

test_expect_success 'no mail accuses where there is no answer' '
	refuses_mail undecided 2 "it is .*decided" &&
	refuses_mail same 1 "the ends do not differ today" &&
	(
		new_series fix 6 4 110 100 &&
		quick_series --find-fix >../out &&
		git perfbisect run >../out
	) &&
	refuses_mail fix 1 "this session looks for the commit that made it better"
'

test_expect_success 'git must know whom the mail is from' '
	(
		unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL &&
		refused "git config user.name and user.email say whom the mail is from" \
			git -C plain -c user.useConfigOnly=true perfbisect report --format=mail
	) &&
	(
		GIT_AUTHOR_EMAIL="me at home" &&
		export GIT_AUTHOR_EMAIL &&
		refused "is nobody whom a mail can be from; git config user.email sets the address" \
			git -C plain perfbisect report --format=mail
	)
'

test_expect_success 'of a set the mail names all commits, and no author' '
	test_expect_code 2 git -C set perfbisect report --format=mail >mail-set &&
	test_grep ! "^To: \|^Cc: " mail-set &&
	header Subject mail-set >actual &&
	echo "[REGRESSION] measure +10.0 % between c1 and main" >expect &&
	test_cmp expect actual &&
	for commit in c6 c7 c8
	do
		test_grep "^    $(git -C set rev-parse $commit) change number" mail-set || return 1
	done &&
	test_grep ! "committer@example.com" mail-set
'

test_expect_success 'formats exclude each other' '
	test_expect_code 129 git -C plain perfbisect report --json --format=mail 2>err &&
	test_grep "^error: --json is --format=json, and mail is another format" err &&
	git -C plain perfbisect report --json >expect &&
	git -C plain perfbisect report --format=json >actual &&
	test_cmp expect actual
'

# --- maintainers ---

# maintainers <dir>: a script of that name with the text of stdin, in the work tree.
maintainers() {
	mkdir -p $1/scripts &&
	write_script $1/scripts/get_maintainer.pl
}

test_expect_success 'scripts/get_maintainer.pl of the work tree is asked about the culprit' '
	maintainers plain <<-\EOF &&
	cat >../patch
	echo "$*" >../args
	pwd >../dir
	echo "Main Tainer <main@example.com>"
	echo "SI GNER <SIGNER@example.com>"
	echo "list@example.com"
	echo "Old Place <gone@example.com> (maintainer:SCHEDULER)"
	echo "no address at all"
	EOF
	echo "New Place <here@example.com> <gone@example.com>" >plain/.mailmap &&
	git -C plain perfbisect report --format=mail >mail 2>err &&
	test_must_be_empty err &&
	echo "Si Gner <signer@example.com>, \"Re, Viewer\" <reviewer@example.com>, A Ck <ack@example.com>, Main Tainer <main@example.com>, list@example.com, New Place <here@example.com>" >expect &&
	rm plain/.mailmap &&
	header Cc mail >actual &&
	test_cmp expect actual &&
	echo "--nogit --nogit-fallback --norolestats" >expect &&
	test_cmp expect args &&
	git -C plain format-patch -1 --stdout --no-signature culprit >expect &&
	test_cmp expect patch
'

test_expect_success 'it is not run with --no-maintainers, nor when others may write to it' '
	rm patch &&
	git -C plain perfbisect report --format=mail --no-maintainers >mail 2>err &&
	test_must_be_empty err &&
	test_grep ! "main@example.com" mail &&
	chmod g+w plain/scripts/get_maintainer.pl &&
	git -C plain perfbisect report --format=mail >mail 2>err &&
	test_grep "^warning: .*get_maintainer.pl is not run: it is not yours alone" err &&
	test_grep ! "main@example.com" mail &&
	test_path_is_missing patch &&
	chmod g-w plain/scripts/get_maintainer.pl &&
	for shared in plain/scripts plain
	do
		chmod g+w $shared &&
		git -C plain perfbisect report --format=mail >mail 2>err &&
		chmod g-w $shared &&
		test_grep "^warning: .*get_maintainer.pl is not run: it is not yours alone" err ||
			return 1
	done &&
	mv plain/scripts elsewhere &&
	ln -s ../elsewhere plain/scripts &&
	git -C plain perfbisect report --format=mail >mail 2>err &&
	rm plain/scripts &&
	mv elsewhere plain/scripts &&
	test_grep "^warning: .*get_maintainer.pl is not run: it is not yours alone" err &&
	test_path_is_missing patch
'

test_expect_success 'one that fails or hangs costs its names, and nothing else' '
	echo "echo \"half <half@example.com>\"; exit 3" | maintainers plain &&
	git -C plain perfbisect report --format=mail >mail 2>err &&
	echo "warning: scripts/get_maintainer.pl ended with status 3; the maintainers are not in Cc" >expect &&
	test_cmp expect err &&
	test_grep ! "half@example.com" mail &&
	test_grep "signer@example.com" mail &&
	echo "sleep 1000 & sleep 1001" | maintainers plain &&
	GIT_TEST_PERF_MAINTAINERS=0.3 git -C plain perfbisect report --format=mail >mail 2>err &&
	echo "warning: scripts/get_maintainer.pl took more than 0.3 s; the maintainers are not in Cc" >expect &&
	test_cmp expect err &&
	test_grep "signer@example.com" mail &&
	rm -r plain/scripts
'

# --- a kernel ---

test_expect_success 'the lists and the tracker hear of a kernel' '
	(
		new_series kernel 4 9 &&
		mkdir Documentation arch drivers fs init ipc kernel &&
		for path in COPYING CREDITS Kbuild MAINTAINERS Documentation/x arch/x drivers/x fs/x init/x ipc/x kernel/x
		do
			echo x >$path || return 1
		done &&
		git add . &&
		git commit -q -m "a kernel" &&
		git tag v6.1.3 &&
		echo "fs: read it twice" >../message &&
		commit ../message 104 &&
		git tag v6.1.4 &&
		quick_series --good=v6.1.3 --bad=v6.1.4 >../out 2>&1 || :
	) &&
	(
		cd kernel &&
		git perfbisect reset >../out &&
		git perfbisect start --metric="^time ([0-9.]+)" --warmups=0 --repeats=1 v6.1.4 v6.1.3 \
			-- "$PWD/.git/measure" >../out &&
		git perfbisect run >../out
	) &&
	git -C kernel perfbisect report --format=mail >mail 2>err &&
	test_grep "^hint: less than 5 % in a micro-benchmark is unlikely" err &&
	echo "regressions@lists.linux.dev, linux-kernel@vger.kernel.org, stable@vger.kernel.org" >expect &&
	header Cc mail >actual &&
	test_cmp expect actual &&
	# A paragraph of its own.
	grep -B 1 -A 1 "^#regzbot" mail >actual &&
	printf "\n#regzbot introduced: %s\n\n" "$(git -C kernel rev-parse v6.1.4)" >expect &&
	test_cmp expect actual &&
	test_grep ! "regzbot\|lists.linux.dev" page
'

# --- hostile repositories ---

test_expect_success 'set up what a repository may be full of' '
	(
		new_series hostile 4 9 &&
		mkdir "<img src=x onerror=alert(2)>" &&
		echo "</span><script>alert(3)</script>" >"<img src=x onerror=alert(2)>/&amp;" &&
		echo 110 >level &&
		git add . &&
		{
			printf "tree %s\nparent %s\n" "$(git write-tree)" "$(git rev-parse HEAD)" &&
			printf "author J\303\266rg\r\033]0;x\007 \342\200\256 \377\357\277\277\" <evil@example.com> 1112911993 +0530\n" &&
			printf "committer C O Mitter <committer@example.com> 1112911993 +0000\n\n" &&
			cat <<-\EOF
			</title><script>alert(1)</script> =?UTF-8?q?x?= & "quotes" für alle

			From the bottom of it.
			#regzbot introduced: v1..v2

			Signed-off-by: Zoë "Ä" <zoe@example.com>
			Signed-off-by: Two <two@example.com>, <other@example.com>
			Signed-off-by: Blank <a b@example.com>
			Signed-off-by: Star <x@example.com\nBcc:victim@example.com>
			Reviewed-by: Folded
			 Bcc: victim@example.com <folded@example.com>
			Tested-by: =?UTF-8?q?Not_encoded?= <plain@example.com>
			EOF
		} >../raw &&
		git update-ref refs/heads/main "$(git hash-object --literally -t commit -w --stdin <../raw)" &&
		git reset -q --hard &&
		git tag culprit &&
		echo later >number &&
		git commit -q -a -m later &&
		git branch "x<i>&'\''b" &&
		printf "make\nFrom here <on> & \"there\"\n%01100d\n" 1 >../long &&
		git perfbisect start --metric="^time ([0-9.]+)" --warmups=0 --repeats=1 "--unit=</b>&" \
			--build "true || : \"$(cat ../long)\" # \$PERF_OUT" "x<i>&'\''b" c1 -- "$PWD/.git/measure" >../out &&
		git perfbisect run >../out 2>../err &&
		first_bad culprit ../out
	)
'

test_expect_success 'nothing of a repository is markup on the page' '
	git -C hostile perfbisect report --format=html >page 2>err &&
	test_must_be_empty err &&
	well_formed page &&
	test_grep ! "<script\|<img\|<b>\|<i>\|</b>" page &&
	test_grep "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;" page &&
	test_grep "&lt;img src=x onerror=alert(2)&gt;" page &&
	LC_ALL=C tr -d "\011\012\040-\176\200-\377" <page >controls &&
	test_must_be_empty controls
'

test_expect_success 'nothing of a repository is a header of the mail, or a command to the tracker' '
	git -C hostile perfbisect report --format=mail >mail 2>err &&
	test_must_be_empty err &&
	LC_ALL=C tr -d "\012\040-\176\200-\377" <mail >controls &&
	test_must_be_empty controls &&
	sed "/^\$/q" mail >head &&
	LC_ALL=C tr -d "\012\040-\176" <head >beyond &&
	test_must_be_empty beyond &&
	sed -n "s/^\([A-Za-z-]*\): .*/\1/p" head >actual &&
	printf "%s\n" From To Cc Date Subject MIME-Version Content-Type Content-Transfer-Encoding >expect &&
	test_cmp expect actual &&
	test_grep ! "^#regzbot" mail &&
	awk "length > 78" head >long &&
	test_must_be_empty long
'

test_expect_success 'names and subjects that are no ASCII are encoded, and git decodes them' '
	rm -rf split &&
	mkdir split &&
	echo 1 >expect &&
	git mailsplit -osplit mail >actual &&
	test_cmp expect actual &&
	git mailinfo -k body patch <split/0001 >info &&
	test_grep -x "Subject: \[REGRESSION\] </title><script>alert(1)</script> =?UTF-8?q?x?= & \"quotes\" für alle: measure +10.0 %" info &&
	header To mail >to &&
	test_grep "^Jörg ]0;x .*<evil@example.com>\$" to &&
	cat >expect <<-\EOF &&
	zoe@example.com
	folded@example.com
	plain@example.com
	EOF
	header Cc mail | tr "," "\n" | sed "s/.*<//; s/>.*//" >actual &&
	test_cmp expect actual &&
	test_grep "From here <on> & \"there\"" body
'

test_done
