// Encodings: base64, hex, JSON, YAML, URLs, digests.

#include "rego/builtins/test_support.h"

namespace vouchsafe::rego {
namespace {

using testing::CallCase;
using testing::CheckCalls;

constexpr CallCase kEncodings[] = {
    {R"(base64.encode("hi?"))", R"("aGk/")"},
    {R"(base64.decode("aG\nk/"))", R"("hi?")"},
    {R"(base64.decode("aGk"))", "! illegal base64 data at input byte 0"},
    {R"(base64.decode("aG!/"))", "! illegal base64 data at input byte 2"},
    {R"(base64.decode("aA==x"))", "! illegal base64 data at input byte 4"},
    {R"(base64.is_valid("aA=="))", "true"},
    {R"(base64.is_valid("a"))", "false"},
    {R"(base64url.encode("hi?"))", R"("aGk_")"},
    {R"(base64url.encode_no_pad("a"))", R"("YQ")"},
    {R"(base64url.decode("YQ"))", R"("a")"},
    {R"(base64url.decode("YQ=="))", R"("a")"},
    {R"(base64url.decode("Y"))", "! illegal base64url string: Y"},
    {R"(hex.encode("az"))", R"("617a")"},
    {R"(hex.decode("617A"))", R"("az")"},
    {R"(hex.decode("6g"))", "! encoding/hex: invalid byte: U+0067 'g'"},
    {R"(hex.decode("6"))", "! encoding/hex: odd length hex string"},
    {R"(json.marshal({"b": [1.5, null], "a": "<&>", 1: {2}}))",
     R"("{\"1\":[2],\"a\":\"\\u003c\\u0026\\u003e\",\"b\":[1.5,null]}")"},
    {R"(json.marshal_with_options({"a": [1]}, {"indent": " "}))",
     R"("{\n \"a\": [\n  1\n ]\n}")"},
    {R"(json.marshal_with_options([1], {"prefix": "> ", "indent": ""}))",
     R"("> [\n> 1\n> ]")"},
    {R"(json.marshal_with_options([1], {"indent": " ", "pretty": false}))",
     R"("[1]")"},
    {R"(json.marshal_with_options([], {"pretty": 1}))",
     R"(! operand 2 key "pretty" failed cast to bool)"},
    {R"(json.marshal_with_options([], {"indent": 1}))",
     "! failed cast to string: operand 0 must be string but got number"},
    {R"(json.marshal_with_options([], {"x": 1}))",
     R"(! operand 2 object contained unknown key "x")"},
    {R"(json.unmarshal("{\"a\": 1, \"a\": 2.0}"))", R"({"a":2})"},
    {R"(json.unmarshal("{"))", "! json.unmarshal: "},
    {R"(json.is_valid("[1]"))", "true"},
    {R"(json.is_valid("[1"))", "false"},
    {R"(urlquery.encode("a b&c=é"))", R"("a+b%26c%3D%C3%A9")"},
    {R"(urlquery.decode("a+b%26"))", R"("a b&")"},
    {R"(urlquery.decode("%zz"))", R"(! invalid URL escape "%zz")"},
    {R"(urlquery.encode_object({"b": ["1", "2"], "a": "x"}))",
     R"("a=x&b=1&b=2")"},
    {R"(urlquery.encode_object({"a": 1}))",
     "! operand 1 values must be string, array[string], or set[string]"},
    {R"(urlquery.decode_object("b=1&a=%20&b=2&c"))",
     R"({"a":[" "],"b":["1","2"],"c":[""]})"},
    {R"(urlquery.decode_object("a;b"))", "! invalid semicolon separator"},
    {R"(uri.parse("HTTPS://u:p@[fe80::1%25en0]:8/a%2Fb?q#f"))",
     R"({"fragment":"f","hostname":"fe80::1%en0","path":"/a/b","port":"8","raw_path":"/a%2Fb","raw_query":"q","scheme":"https"})"},
    {R"(uri.parse("a:b c"))", R"({"scheme":"a"})"},
    {R"(uri.parse(":x"))", R"(! parse ":x": missing protocol scheme)"},
    {R"(uri.parse("x:y/z").scheme)", R"("x")"},
    {R"(uri.parse("1x:y"))",
     "! first path segment in URL cannot contain colon"},
    {R"(uri.parse("http://a:b/"))", R"(! invalid port ":b" after host)"},
    {R"(uri.is_valid("http://a b/"))", "false"},
    {R"(yaml.unmarshal("a: [1, 0x10, 010, 1.50, yes, ~, '1', 2020-01-01]"))",
     R"({"a":[1,16,8,1.5,true,null,"1","2020-01-01"]})"},
    {R"(yaml.unmarshal("x: &a {k: 1}\nb: {<<: *a, z: 2}"))",
     R"({"b":{"k":1,"z":2},"x":{"k":1}})"},
    {R"(yaml.unmarshal("y: n"))", R"({"true":false})"},
    {R"(yaml.unmarshal("1: a\ntrue: b"))", R"({"1":"a","true":"b"})"},
    {R"(yaml.unmarshal(""))", "null"},
    {R"(yaml.unmarshal("*x"))", "! yaml: unknown anchor 'x' referenced"},
    {R"(yaml.unmarshal("[1"))", "! yaml: line 1: did not find"},
    {R"(yaml.unmarshal(".inf"))", "! unsupported value"},
    {R"(yaml.is_valid("a: b: c"))", "false"},
    {R"(yaml.is_valid(""))", "true"},
    {R"(yaml.marshal({"b": ["x", 1.5, null], "a10": {}, "a9": "true"}))",
     R"("a9: \"true\"\na10: {}\nb:\n- x\n- 1.5\n- null\n")"},
    {R"(yaml.marshal([split("", ","), substring("a", 1, 1), {"": ""}]))",
     R"("- - \"\"\n- \"\"\n- \"\": \"\"\n")"},
    {R"(yaml.marshal("a\nb"))", R"("|-\n  a\n  b\n")"},
    {R"(crypto.md5("abc"))", R"("900150983cd24fb0d6963f7d28e17f72")"},
    {R"(crypto.sha1("abc"))", R"("a9993e364706816aba3e25717850c26c9cd0d89d")"},
    {R"(crypto.sha256(""))",
     R"("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")"},
    {R"(crypto.hmac.md5("what do ya want for nothing?", "Jefe"))",
     R"("750c783e6ab0b503eaa86e310a5db738")"},
    {R"(crypto.hmac.sha1("what do ya want for nothing?", "Jefe"))",
     R"("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")"},
    {R"(crypto.hmac.sha256("what do ya want for nothing?", "Jefe"))",
     R"("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")"},
    {R"(count(crypto.hmac.sha512("a", "b")))", "128"},
    {R"(crypto.hmac.equal("a", "a"))", "true"},
    {R"(crypto.hmac.equal("a", "b"))", "false"},
    {R"(crypto.md5(1))", "! crypto.md5: operand 1 must be string"},
    {"base64.encode(1)",
     "! base64.encode: operand 1 must be string but got number"},
    {"base64url.encode(1)",
     "! base64url.encode: operand 1 must be string but got number"},
    {"base64url.encode_no_pad(null)",
     "! base64url.encode_no_pad: operand 1 must be string but got null"},
    {R"(crypto.hmac.equal("a", 1))",
     "! crypto.hmac.equal: operand 2 must be string but got number"},
    {R"(crypto.hmac.md5("a", 1))",
     "! crypto.hmac.md5: operand 2 must be string but got number"},
    {R"(crypto.hmac.sha1(1, "a"))",
     "! crypto.hmac.sha1: operand 1 must be string but got number"},
    {R"(crypto.hmac.sha256("a", null))",
     "! crypto.hmac.sha256: operand 2 must be string but got null"},
    {R"(crypto.hmac.sha512(null, "a"))",
     "! crypto.hmac.sha512: operand 1 must be string but got null"},
    {"crypto.sha1(1)",
     "! crypto.sha1: operand 1 must be string but got number"},
    {"crypto.sha256([])",
     "! crypto.sha256: operand 1 must be string but got array"},
    {"hex.encode(1)", "! hex.encode: operand 1 must be string but got number"},
    {"urlquery.encode(1)",
     "! urlquery.encode: operand 1 must be string but got number"},
    {"urlquery.encode_object([])",
     "! urlquery.encode_object: operand 1 must be object but got array"},
};

TEST(EncodingBuiltins, Table) { CheckCalls(kEncodings); }

// Ten anchors, each ten times the one before.
TEST(EncodingBuiltins, AliasesThatBlowUpAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\\n";
  for (int i = 1; i < 10; ++i) {
    const std::string name = std::to_string(i);
    const std::string below = "*a" + std::to_string(i - 1);
    text += "a" + name + ": &a" + name + " [";
    for (int k = 0; k < 10; ++k) text += (k ? ", " : "") + below;
    text += "]\\n";
  }
  const std::string got = testing::ValueOf("yaml.unmarshal(\"" + text + "\")",
                                           Builtins::Standard());
  EXPECT_NE(got.find("excessive aliasing"), std::string::npos) << got;
}

}  // namespace

std::span<const CallCase> testing::EncodingRows() { return kEncodings; }

}  // namespace vouchsafe::rego
