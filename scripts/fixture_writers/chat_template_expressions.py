"""Expressions and pieces of templates, each of which shows one rule of Jinja or of Python."""

EXPRESSIONS = r"""
1 + 2 * 3 - 4
7 // 2, -7 // 2, 7 // -2, -7 % 3, 7 % -3, 7 / 2, 6 / 3
2 ** 10, 2 ** -1, -2 ** 2, 2 ** 3 ** 2
7.5 // 2, -7.5 % 2, 1e3, 1E-5, 1_000, 0x1F, 0b11, 0o17, 1.5e+2
1e15, 1e16, 9007199254740994.0, 123456789.125, 0.1 + 0.2, -0.0, 1e300 * 1e10
true + 1, True, false, None, none
'a' 'b' ~ 1 ~ 'c' + 'd'
'a' * 3, 3 * 'ab', [1] * 2, 'a' * -1
[1] + [2], (1,) + (2, 3), (), (1), [], {}
1 < 2 < 3, 1 < 3 < 2, 1 == 1.0 == true, 'a' < 'b', 'a' < 'B', [1, 2] < [1, 3], 'é' > 'z'
1 in [1, 2], 'a' in 'cat', 'a' not in 'dog', 'k' in {'k': 1}, 1.0 in [1], '' in 'a', 3 in (1, 2)
not true, not 0 and 1, 1 or 0, 0 or '', '' or none, 1 and 2, 0 and 1
'yes' if 1 else 'no', 'yes' if 0 else 'no', 'yes' if '' , 1 if 0 else 2 if 0 else 3
-1|abs, (-1.5)|abs, -3|string
nothing, nothing is defined, nothing is undefined, nothing or 'x', nothing|length, nothing == nothing2
nothing|default('d'), ''|default('d'), ''|default('d', true), none|default('d'), nothing|d, 0|default(1, boolean=true)
nothing.more
nothing['more']
nothing + 'x'
nothing()
'x' in nothing, nothing|list, nothing|join, nothing|upper
{'a': 1}.a, {'a': 1}['a'], {'a': 1}.b, {'a': {'b': [1, 2]}}.a.b[1], {'items': 3}['items']
{'a': 1, 1: 'b', none: true}, {'b': 1, 'a': 2}|tojson, {1: 2, true: 3}
{'a': 1}.get('a'), {'a': 1}.get('b'), {'a': 1}.get('b', 3)
{'a': 1, 'b': 2}.keys()|list, {'a': 1}.values()|list, {'a': 1}.items()|list, {'a': 1}|items|list, {'a': 1}|list
dict(a=1), dict({'a': 1}, b=2), dict([('a', 1)])
[1, 2, 3][0], [1, 2, 3][-1], [1, 2, 3][5], [1, 2, 3][1:], [1, 2, 3][:-1], [1, 2, 3][::-1], [1, 2, 3][::2], [1, 2, 3][-2:]
'abc'[0], 'abc'[-1], 'abc'[1:], 'été'[1:2], 'abc'[::-1], 'abc'[5], 'abc'[9:], 'abc'[-9:2], 'ab'[1:0]
(1, 2)[0], (1, 2, 3)[1:], 'a.b'.split('.')[1], [[1, 2], [3]][0][1], [1,2,3][10::-1], [1,2,3][::-9223372036854775807]
[1, 'a', "it's", 'say "hi"', "'\"", true, none, 1.5, {'a': (1,)}, 'é\n\t\\ ​ 😀']
'\x41\u00e9\U0001F600\n\t\'\"\\\q\101' ~ '\
'
' a b '.strip(), ' a '.lstrip() ~ '|', ' a '.rstrip(), 'xxaxx'.strip('x'), 'abcba'.strip('ab'), '  a'.strip()
'a,b,,c'.split(','), ' a  b c '.split(), ' a  b c '.split(none, 1), 'a b '.split(none, 1), 'a,b,c'.split(',', 1), ''.split(), ''.split(',')
'a,b,c'.rsplit(',', 1), ' a b  c '.rsplit(none, 1), 'aaa'.rsplit('aa'), 'a b'.rsplit()
'a\nb\r\nc\n'.splitlines(), 'a\nb'.splitlines(true), ''.splitlines(), 'a\n\nb'.splitlines()
'abc'.startswith('ab'), 'abc'.startswith(('x', 'a')), 'abc'.endswith('bc'), 'abc'.endswith(''), 'abc'.startswith('abcd')
'abcabc'.replace('b', 'X'), 'abcabc'.replace('b', 'X', 1), 'abc'.replace('', '-'), 'aaa'.replace('aa', 'b'), 'abc'.replace('', '-', 2)
'Été Ab'.upper(), 'Été AB'.lower(), 'hello wORLD'.title(), 'hELLO wORLD'.capitalize(), 'ß'.upper(), 'ΑΣ'.lower(), "it's a x1y".title()
'abcabc'.find('c'), 'été'.find('t'), 'abc'.find('x'), 'abcabc'.rfind('b'), 'abcabc'.count('b'), 'aaa'.count('aa'), 'abc'.count('')
','.join(['a', 'b']), ''.join([]), ', '.join('abc')
'12'.isdigit(), '1a'.isdigit(), ''.isdigit(), 'ab'.isalpha(), 'a1'.isalnum(), ' '.isspace(), 'AB'.isupper(), 'ab1'.islower(), '²'.isdigit()
'prefix-x'.removeprefix('prefix-'), 'x.txt'.removesuffix('.txt'), 'x'.removesuffix(''), 'a=b=c'.partition('='), 'a=b=c'.rpartition('='), 'a'.partition('=')
'7'.zfill(3), '-7'.zfill(4), '{} and {}'.format(1, 'b'), '{1}{0}{x}{{}}'.format('a', 'b', x=2)
'x'|upper, 'ABC'|lower, 'hello-world (foo) bAR'|title, 'hELLO'|capitalize, 5|string ~ 'x', none|upper, 'ǆ'|title
'  x '|trim, 'xxaxx'|trim('x'), 12|trim, 'a b  c'|wordcount
'abc'|length, [1, 2]|length, {'a': 1}|count, 'été'|length, ()|length
[1, 2]|first, [1, 2]|last, []|first, 'abc'|first, 'abc'|last, {'a': 1}|first, []|last is undefined
[1, 2]|join(', '), ['a', 1, none]|join, [{'a': 1}, {'a': 2}]|join('-', attribute='a'), 'abc'|join('.')
[3, 1, 2]|sort, ['b', 'A', 'c']|sort, ['b', 'A', 'c']|sort(case_sensitive=true), [3, 1]|sort(reverse=true), [{'a': 2}, {'a': 1}]|sort(attribute='a')
{'b': 1, 'A': 2}|dictsort, {'b': 1, 'a': 2}|dictsort(by='value'), {'b': 1, 'A': 2}|dictsort(true), {'b': 1, 'a': 2}|dictsort(reverse=true)
[1, 2, 3]|sum, [{'a': 1}, {'a': 2}]|sum('a'), [[1], [2]]|sum(start=[])
[3, 1, 2]|max, [3, 1, 2]|min, ['b', 'A']|min, []|max is undefined, [{'a': 2}, {'a': 1}]|min(attribute='a')
[1, 2, 1, 'a', 'A']|unique|list, [1, 2]|reverse|list, 'abc'|reverse
[1, 2, 3]|select('odd')|list, [1, 2, 3]|reject('odd')|list, [0, 1, '', 'a']|select|list, [0, 1, none]|reject|list, [1, 2, 3]|select('in', [2, 3])|list, [1, 2, 3]|select('>', 1)|list
[{'r': 1}, {'r': 2}, {}]|selectattr('r')|list, [{'r': 1}, {'r': 2}]|selectattr('r', 'equalto', 2)|list, [{'r': 1}, {}]|rejectattr('r', 'defined')|list, [{'r': {'s': 1}}]|selectattr('r.s')|list
[{'r': 1}, {'r': 2}]|map(attribute='r')|list, [{'r': 1}, {}]|map(attribute='r', default='x')|list, ['a', 'b']|map('upper')|list, ['1', 'x']|map('int', 7)|list, [{'r': [{'s': 5}]}]|map(attribute='r.0.s')|list
([1, 2]|select('odd')) is iterable, ([]|select) is sequence, 'x' if []|select else 'y', ([1]|map('string')) is string
'3'|int, '3.7'|int, 'x'|int, 'x'|int(9), 3.9|int, -3.9|int, '0x1f'|int(0, 16), '12'|int(base=8), true|int, none|int(4), ' 4 '|int
'1.5'|float, 'x'|float, 2|float, '1e3'|float, 'x'|float(2.5)
2.5|round, 3.5|round, 2.567|round(2), 2.4|round(method='ceil'), 2.6|round(0, 'floor'), 5|round
'a\nb\n\nc'|indent, 'a\nb'|indent(2, true), 'a\n\nb'|indent(2, blank=true), 'a\nb'|indent('> ')
'abc'|replace('b', 'x'), 'aaa'|replace('a', 'b', 2), 123|replace(2, 'x')
{'a': [1, 2.0, none, true, 'é<"\n']}|tojson, []|tojson, {}|tojson, (1, 2)|tojson, 'a/b'|tojson, '\x01\x7f'|tojson
{'a': [1, {}], 'b': []}|tojson(indent=2), {'b': 1, 'a': 2}|tojson(sort_keys=true), [1, 2]|tojson(separators=(',', ':')), 'é😀'|tojson(ensure_ascii=true), [1]|tojson(indent='--'), {1: 2, none: 3}|tojson
'<b>'|safe ~ 1, [1, 2]|list, 'abc'|list, {'a': 1}|string
1 is integer, true is integer, 1.0 is float, 1 is number, true is number, true is boolean, 'a' is string, none is none, 1 is true, true is true, false is false
[] is sequence, {} is sequence, 'a' is sequence, 1 is sequence, {} is mapping, [] is mapping, 'a' is iterable, 1 is iterable, range is callable, 'a' is callable
3 is odd, 4 is even, 6 is divisibleby 3, 6 is divisibleby(4), 'a' is in ['a'], 2 is in [1], 1 is eq 1, 1 is ne(2), 2 is gt 1, 1 is le 1, 1 is equalto 1.0, 'a' is lower, 'A' is upper, 'x' is filter, 'upper' is filter
1 is not none, none is not none, 1 is not defined, not 1 is defined, 1 is sameas true, none is sameas none
range(3)|list, range(1, 4)|list, range(5, 0, -2)|list, range(0)|list, range(2)[1]
namespace(a=1).a, namespace().b is defined, namespace({'a': 2}).a
'a' == 'a', 'é' == 'é', none == false, 0 == false, '1' == 1, [1] == [1.0], (1,) == [1], {'a': 1} == {'a': 1.0}
1 if true and not false or nothing.x else 2
[1, 2, 3,], (1, 2,), {'a': 1,}
{'a': 1}['b'] is defined, {'a': none}.a is none, 'abc'.nothing is defined, 'abc'['upper']()
[[1, 2], [3, 4]]|map('first')|list, [[3, 1], [2]]|map('sort')|list, ['a b', 'c']|map('replace', ' ', '_')|join(',')
((1, 2), (3, 4))|map('last')|list, [1, 2]|map('string')|join('+')
1 in 'a'
[] < 1
none + 1
'a' + 1
1 / 0
5 % 0
'a'|nofilter
1 is notest
[1]|first|last
1|length
none|list
range(200000)|length
{'a': 1}.update({'b': 2})
[1].append(2)
'a'.nothing()
nothing2
raise_exception('no: ' ~ 1)
namespace(_a=1)
'a'.split('')
[1, 'a']|sort
{[]: 1}
1 2
'a
(1
1 +
a b
|upper
""".strip("\n").replace("'\\\n'", "'\\\x00'").split("\n")
EXPRESSIONS = [expression.replace("\x00", "\n") for expression in EXPRESSIONS]

PIECES = [
    "a\n", "a\n\n", "a\r\nb\rc\r\n", "", "\n", "{{ 1 }}\n", "x {{- 1 -}} y", "x {{+ 1 }} y", "x\n  {{- 1 }}\n  {{ 2 -}}\n  y",
    "a\n  {% if true %}\n  b\n  {% endif %}\n  c\n", "a {% if true %} b {% endif %} c", "a\n  {%+ if true %}\n b {% endif +%}\n c",
    "a\n  {%- if true -%}\n  b\n  {%- endif -%}\n  c", "  {% if true %}x{% endif %}  \n  y", "\t{# note #}\nx {# note #} y\n  {#- note -#}\n  z",
    "{# a {{ b }} {% c %} #}x", "{#- -#} x", "{##}x", "{# a +#}\nx", "{% raw %}{{ a }} {% b %}{% endraw %}\nx", "  {%- raw -%}  {{ a }}\n  {%- endraw %}  x",
    "{% raw %}\n a{%- endraw +%}\nx", "{% set x = 1 %}{{ x }}", "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set x = 1, 2 %}{{ x }}",
    "{% set x %}a{{ 1 }}b{% endset %}{{ x }}", "{% set x | upper | trim %} a {% endset %}[{{ x }}]", "{% set (a, b) = [1, 2] %}{{ a }}{{ b }}",
    "{% set ns = namespace(i=0) %}{% for a in [1, 2] %}{% set ns.i = ns.i + a %}{% endfor %}{{ ns.i }}{{ ns }}",
    "{% set i = 0 %}{% for a in [1, 2] %}{% set i = i + a %}{{ i }}{% endfor %}{{ i }}",
    "{% if 0 %}a{% elif 1 %}b{% else %}c{% endif %}", "{% if 0 %}a{% endif %}", "{% if none %}a{% elif '' %}b{% else %}c{% endif %}", "{% if 1, 0 %}a{% endif %}",
    "{% for a in 'ab' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}",
    "{% for a in [] %}x{% else %}none{% endfor %}", "{% for a in nothing %}x{% else %}none{% endfor %}", "{% for a in [1, 2, 3] if a > 1 %}{{ a }}{{ loop.index }}{{ loop.last }}{% else %}x{% endfor %}",
    "{% for a in [1, 2] if a > 5 %}{{ a }}{% else %}x{% endfor %}", "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }} {% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a in {'x': 1} %}{{ a }}{% endfor %}", "{% for a in [1, 2, 3] %}{% if a == 2 %}{% continue %}{% endif %}{{ a }}{% endfor %}", "{% for a in [1, 2, 3] %}{% if a == 2 %}{% break %}{% endif %}{{ a }}{% endfor %}",
    "{% for a in [1, 2] %}{% for b in [1, 2] %}{% if b == 2 %}{% break %}{% endif %}{{ a }}{{ b }}{{ loop.depth }}{% endfor %}{% endfor %}", "{% for a in [1, 1, 2] %}{{ loop.changed(a) }}{{ loop.cycle('x', 'y') }}{% endfor %}",
    "{% for a in [1, 2] %}{% set outer = loop %}{% for b in [1] %}{{ outer.index }}{{ loop.index }}{% endfor %}{% endfor %}", "{% for a in 1, 2 %}{{ a }}{% endfor %}", "{% for a in [1] %}{% endfor %}{{ a }}{{ loop is defined }}",
    "{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(b=1, a=0) }} {{ f() }}", "{% macro f() %}{{ x }}{% endmacro %}{% set x = 5 %}{{ f() }}", "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
    "{% macro f(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ f('x') }}", "{% macro f() %} a {% endmacro %}{{ f()|trim }}{{ f() is string }}", "{% macro f() %}<{{ caller() }}>{% endmacro %}{% call f() %}x{{ 1 }}{% endcall %}",
    "{% macro f() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) f() %}{{ a }}{{ b }}{% endcall %}", "{% macro f(a) %}{% set x = a %}{{ x }}{% endmacro %}{{ f(1) }}{{ x }}", "{% macro f() %}1{% endmacro %}{{ f(1) }}", "{% macro f(a) %}1{% endmacro %}{{ f(b=1) }}",
    "{% filter upper %}a{{ 'b' }}{% endfilter %}", "{% filter upper|replace('A', 'x') %}a{% endfilter %}", "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% generation %}a{% set z = 1 %}{% endgeneration %}{{ z }}",
    "{{ 'a' }}{{ '{{' }}{{ \"}}\" }}{{ {'a': {'b': 1}} }}{{ '%}' }}", "{{ {'a': {'b': 1}}}}", "{%if true%}a{%endif%}", "{%- if true %}a{% endif -%}\n\n b", "{{\n1\n+\n2\n}}", "{% set a = '\n' %}[{{ a }}]", "a{{ '' }}\n{{ none }}",
    "{% if true: %}a{% endif %}", "x{%- set a = 1 %}\n\ny", "{{ messages }}{{ tools }}{{ documents }}{{ add_generation_prompt }}", "{{ bos_token + eos_token }}{{ unk_token }}", "é{{ 'ü' }}猫\u00a0{%- if 1 %}x{% endif %}", "{ { % } } #}", "a {{ 1 }}{% if 0 %}\n{% endif %}\n",
    "{% if 1 %}", "{% endif %}", "{% for a in [1] %}", "{{ 1", "{% nothing %}", "{# a", "{% raw %} a", "{% break %}", "{% macro f() %}{% break %}{% endmacro %}", "{{ 1 }", "{% if %}x{% endif %}", "{% set %}", "{% for in x %}{% endfor %}", "{{ a.}}", "{{ a[] }}", "{{ f(a=1, 2) }}", "{{ [1, 2 }}", "{{ 1) }}", "{{ }}", "{% set true = 1 %}", "{% elif 1 %}", "{{ 'a' is }}", "{{ $ }}", "{% set a.b = 1 %}", "{% for a in 5 %}{% endfor %}", "{% set a, b = [1] %}",
]
