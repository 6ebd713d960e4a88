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

# well_formed <file>: for a parser of XML that has nothing to do with browsers.
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

test_done
