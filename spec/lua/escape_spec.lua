--- Text of a dump on its way to a terminal, to JSON, to CSV.
local escape = require "vmcore.escape"
local json = require "dkjson"

describe("text", function()
	it("passes as it is", function()
		assert.equal("sh -c 'a b'", escape.text "sh -c 'a b'")
		assert.equal("größe ☃", escape.text "größe ☃")
	end)

	it("can't command the terminal", function()
		assert.equal("\\x1b[2J\\x07", escape.text "\27[2J\7")
		assert.equal("a\\x00b\\x0a\\x7f", escape.text "a\0b\n\127")
		-- U+009B, the one-byte CSI of 8-bit terminals, in UTF-8.
		assert.equal("\\xc2\\x9b1m", escape.text "\xc2\x9b1m")
	end)

	it("shows bytes that are no UTF-8", function()
		assert.equal("\\xff\\xfe", escape.text "\xff\xfe")
		assert.equal("ä\\xc3", escape.text "ä\xc3")
		assert.equal("\\xed\\xa0\\x80", escape.text "\xed\xa0\x80")
		assert.equal("\\xc0\\x80", escape.text "\xc0\x80")
	end)

	it("keeps tabs in lines only", function()
		assert.equal("a\\x09b", escape.text "a\tb")
		assert.equal("a\tb\\x1b", escape.line "a\tb\27")
	end)
end)

describe("JSON", function()
	it("gives back what is text", function()
		for _, text in ipairs { "", "plain", 'say "hi"', "back\\slash", "tab\tnl\ncr\r", "\0\1\31\127",
		    "größe ☃ 𝄞", "/", "\u{9b}" } do
			assert.equal(text, (json.decode(escape.json(text))))
		end
	end)

	it("is valid whatever the bytes", function()
		for _, text in ipairs { "\xff", "a\xc3", "\xed\xa0\x80\\", '"\xff"', "\xf4\x90\x80\x80" } do
			local encoded = escape.json(text)
			assert.is_truthy(utf8.len(encoded))
			assert.equal("string", type((json.decode(encoded))))
		end
		assert.equal([["\\xff"]], escape.json "\xff")
	end)

	it("never breaks a line", function()
		local every = {}
		for byte = 0, 255 do
			every[#every + 1] = string.char(byte)
		end
		assert.is_nil(escape.json(table.concat(every)):find "%c")
	end)
end)

describe("CSV", function()
	it("quotes what needs it", function()
		assert.equal("plain text", escape.csv "plain text")
		assert.equal('"a,b"', escape.csv "a,b")
		assert.equal('"say ""hi"""', escape.csv 'say "hi"')
		assert.equal("a\\x0ab", escape.csv "a\nb")
	end)
end)
