"""Made-up Unicode text out of pieces that meet every rule of the text engine."""

from __future__ import annotations

from hypothesis import strategies as st

# Apostrophes, marks, scripts without spaces, links, closers, blank lines, repeats.
PIECES = [
    *("the", "The", "cat", "don't", "l’eau", "naïve", "café", "e\u0301te\u0301", "make", "table", "wanted", "places"),
    *("nation", "biological", "HTTP", "i.e.", "J.", "3.14", "1,000", "Ⅷ", "½", "_x_", "a-b", "because", "click", "you're"),
    *(".", "!", "?", "…", "...", "....", '."', "?)", "。", "！", "»", "'", "’", "“", ",", ";", "{", "}", "#", "•", "-", "*"),
    *(" ", " ", " ", " ", "\n", "\n", "\n\n", "\r\n", "\t", "\u3000", "\u200b", "\u0301", "\x1c", "\x00", "\ufffd", "\ufeff"),
    *("世界", "こんにちは", "ภาษาไทย", "မြန်မာ", "한국어", "مرحبا؟", "שלום", "हिन्दी।"),
    *("Ωμέγα", "ǅ", "İ", "ß", "👩‍👩‍👧", "🇩🇪", "𝔘", "𠀀"),
    *("can't", "they're", " 's ", "’ll", "12-car", "U.S.", "end.", "A.B", "x=y", "3+4", "a--b"),
    *("f(x)", "$5", "[1]", "[edit]", "[citation needed]"),
    *("\r", "\x0b", "\u2028", "\n\n\n", "- ", "• ", "lorem ipsum", "JavaScript", "use cookies", "Privacy Policy", "x" * 999),
    *("and so it was.", "one two three.", "terms of use", "We use of cookies!"),
    *("http://a.b/c", "https://", "HTTPS://x", "xhttp://y", "www.z.org", "www.", "ftp://f)", "me@x.org", "@", "a@b", "@c.de"),
    *("+46 (0)8 928 571 38", "(602)272-9781x12", "0490 75 40 81", "555-123-4567", "01.84.17.61.18", "1.2.3.4", "256.1.1.1"),
    *("4111 1111 1111 1111", "4012888888881881", "378282246310005", "3782-822463-10005", "GB82WEST12345698765432", "fe80::1:2"),
    *("2001:db8:0:1:1:1:1:1", "a::b", "12:30:45", "AKIAIOSFODNN7EXAMPLE", "-----BEGIN RSA PRIVATE KEY-----", "sk-", "x9"),
    *("054-28-6917", "2020-10-12", "(", ")", "+", "0", "12", "345", "6789", "::", ":"),
]  # fmt: skip

made_up = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=60).map(
    "".join
)
