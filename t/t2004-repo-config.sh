#!/bin/sh

test_description='config: the configuration as git has it, scopes and all'

. "$(dirname "$0")/test-lib.sh"

test_repo=$HELPER_PATH/test-repo

test_expect_success 'set up' '
	test_create_repo main &&
	git config --global perfrank.limit 10 &&
	git config --global perfrank.profile global.csv &&
	git -C main config perfrank.profile local.csv &&
	git -C main config --add perfrank.list one &&
	git -C main config --add perfrank.list two &&
	git -C main config "perfsut.Altra One.x=y.method" ssh &&
	git -C main config perfrank.text "two
lines = x" &&
	printf "[perfrank]\n\tbare\n\tempty =\n" >>main/.git/config
'

# In the file of git config --list -z, fields end in NUL.
test_expect_success 'all entries, as git lists them' '
	git -C main -c perfrank.late=1 config --list -z --show-scope --show-origin >list &&
	perl -0 -e "
		my @f = map { chomp; \$_ } <STDIN>;
		while (my (\$scope, \$origin, \$text) = splice @f, 0, 3) {
			my (\$key, \$value) = split /\\n/, \$text, 2;
			print join(qq(\\t), \$scope, \$origin, \$key, \$value // q[(none)]), qq(\\n);
		}
	" <list >expect &&
	git -C main -c perfrank.late=1 -c "alias.x=!\"$test_repo\" config" x >actual &&
	grep -v "alias.x" actual >actual.sane &&
	test_cmp expect actual.sane
'

# Each line: key, scope, value, as a bool with false and with true to fall back on.
test_expect_success 'the last entry of a key wins, whatever its scope' '
	cat >expect <<-\EOF &&
	perfrank.limit global 10 1 1
	perfrank.profile local local.csv 0 1
	perfrank.list local two 0 1
	perfrank.nothing - unset 0 1
	EOF
	(cd main && "$test_repo" config perfrank.limit perfrank.profile perfrank.list perfrank.nothing) >actual &&
	test_cmp expect actual
'

test_expect_success 'the command line and the environment come last' '
	(
		cd main &&
		GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=perfrank.profile GIT_CONFIG_VALUE_0=env.csv \
			"$test_repo" config perfrank.profile
	) >actual &&
	echo "perfrank.profile command env.csv 0 1" >expect &&
	test_cmp expect actual
'

test_expect_success 'sections and names compare without case, subsections with it' '
	cat >expect <<-\EOF &&
	PerfRank.PROFILE local local.csv 0 1
	PERFSUT.Altra One.x=y.METHOD local ssh 0 1
	perfsut.altra one.x=y.method - unset 0 1
	perfsut.Altra One.x=y - unset 0 1
	perfsut - unset 0 1
	EOF
	(
		cd main &&
		"$test_repo" config PerfRank.PROFILE "PERFSUT.Altra One.x=y.METHOD" \
			"perfsut.altra one.x=y.method" "perfsut.Altra One.x=y" perfsut
	) >actual &&
	test_cmp expect actual
'

test_expect_success 'true and false are what git takes for them' '
	for value in true TRUE yes on 1 -1 2k false False no off 0 "" 0k
	do
		git -C main config bool.x "$value" &&
		if test "$(git -C main config --type=bool bool.x)" = true
		then
			want="1 1"
		else
			want="0 0"
		fi &&
		echo "bool.x local $value $want" >expect &&
		(cd main && "$test_repo" config bool.x) >actual &&
		test_cmp expect actual || return 1
	done &&
	echo "perfrank.bare local unset 1 1" >expect &&
	(cd main && "$test_repo" config perfrank.bare) >actual &&
	test_cmp expect actual
'

test_expect_success 'an odd value is neither true nor false' '
	for value in maybe 12x 1kk 99999999999999999999 " 1x"
	do
		git -C main config bool.x "$value" &&
		echo "bool.x local $value 0 1" >expect &&
		(cd main && "$test_repo" config bool.x) >actual &&
		test_cmp expect actual || return 1
	done
'

test_expect_success 'values keep their newlines' '
	(cd main && "$test_repo" config perfrank.text) >actual &&
	printf "perfrank.text local two\nlines = x 0 1\n" >expect &&
	test_cmp expect actual
'

test_expect_success 'a broken configuration is the error of git, with its file and line' '
	git clone -q --bare main broken.git &&
	echo "[perfrank" >>broken.git/config &&
	(cd broken.git && test_expect_code 128 "$test_repo" config) 2>actual &&
	test_grep "^error: bad config line .* in file " actual
'

test_done
