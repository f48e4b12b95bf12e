// The names and types of the language's library (those of the Open Policy
// Agent project's list of capabilities), in the notation of builtin_types.h.

#include "rego/builtins/families.h"

namespace vouchsafe::rego {
namespace {

enum class Note { kNone, kDeprecated, kVarying, kInfix, kRelation };

struct Declared {
  std::string_view signature;
  Note note = Note::kNone;
};

constexpr Declared kDeclared[] = {
    {"abs(number) number"},
    {"all(any<array, set>) boolean", Note::kDeprecated},
    {"and(set, set) set", Note::kInfix},
    {"any(any<array, set>) boolean", Note::kDeprecated},
    {"array.concat(array, array) array"},
    {"array.flatten(array) array"},
    {"array.reverse(array) array"},
    {"array.slice(array, number, number) array"},
    {"assign(any, any) boolean", Note::kInfix},
    {"base64.decode(string) string"},
    {"base64.encode(string) string"},
    {"base64.is_valid(string) boolean"},
    {"base64url.decode(string) string"},
    {"base64url.encode(string) string"},
    {"base64url.encode_no_pad(string) string"},
    {"bits.and(number, number) number"},
    {"bits.lsh(number, number) number"},
    {"bits.negate(number) number"},
    {"bits.or(number, number) number"},
    {"bits.rsh(number, number) number"},
    {"bits.xor(number, number) number"},
    {"cast_array(any) array", Note::kDeprecated},
    {"cast_boolean(any) boolean", Note::kDeprecated},
    {"cast_null(any) null", Note::kDeprecated},
    {"cast_object(any) object", Note::kDeprecated},
    {"cast_set(any) set", Note::kDeprecated},
    {"cast_string(any) string", Note::kDeprecated},
    {"ceil(number) number"},
    {"concat(string, any<array[string], set[string]>) string"},
    {"contains(string, string) boolean"},
    {"count(any<string, array, object, set>) number"},
    {"crypto.hmac.equal(string, string) boolean"},
    {"crypto.hmac.md5(string, string) string"},
    {"crypto.hmac.sha1(string, string) string"},
    {"crypto.hmac.sha256(string, string) string"},
    {"crypto.hmac.sha512(string, string) string"},
    {"crypto.md5(string) string"},
    {"crypto.parse_private_keys(string) array[object[string: any]]"},
    {"crypto.sha1(string) string"},
    {"crypto.sha256(string) string"},
    {"crypto.x509.parse_and_verify_certificates(string) array<boolean, "
     "array[object[string: any]]>"},
    {"crypto.x509.parse_and_verify_certificates_with_options(string, "
     "object[string: any]) array<boolean, array[object[string: any]]>"},
    {"crypto.x509.parse_certificate_request(string) object[string: any]"},
    {"crypto.x509.parse_certificates(string) array[object[string: any]]"},
    {"crypto.x509.parse_keypair(string, string) object[string: any]"},
    {"crypto.x509.parse_rsa_private_key(string) object[string: any]"},
    {"div(number, number) number", Note::kInfix},
    {"endswith(string, string) boolean"},
    {"eq(any, any) boolean", Note::kInfix},
    {"equal(any, any) boolean", Note::kInfix},
    {"floor(number) number"},
    {"format_int(number, number) string"},
    {"glob.match(string, any<null, array[string]>, string) boolean"},
    {"glob.quote_meta(string) string"},
    {"graph.reachable(object[any: any<array, set>], any<array, set>) set"},
    {"graph.reachable_paths(object[any: any<array, set>], any<array, set>) "
     "set[array]"},
    {"graphql.is_valid(any<string, object>, any<string, object>) boolean"},
    {"graphql.parse(any<string, object>, any<string, object>) array<object, "
     "object>"},
    {"graphql.parse_and_verify(any<string, object>, any<string, object>) "
     "array<boolean, object, object>"},
    {"graphql.parse_query(string) object"},
    {"graphql.parse_schema(string) object"},
    {"graphql.schema_is_valid(any<string, object>) boolean"},
    {"gt(any, any) boolean", Note::kInfix},
    {"gte(any, any) boolean", Note::kInfix},
    {"hex.decode(string) string"},
    {"hex.encode(string) string"},
    {"http.send(object[string: any]) object", Note::kVarying},
    {"indexof(string, string) number"},
    {"indexof_n(string, string) array[number]"},
    {"internal.member_2(any, any) boolean", Note::kInfix},
    {"internal.member_3(any, any, any) boolean", Note::kInfix},
    {"internal.print(array[set])"},
    {"internal.template_string(array) string"},
    {"internal.test_case(array)"},
    {"intersection(set[set]) set"},
    {"io.jwt.decode(string) array<object, object, string>"},
    {"io.jwt.decode_verify(string, object[string: any]) array<boolean, object, "
     "object>",
     Note::kVarying},
    {"io.jwt.encode_sign(object[string: any], object[string: any], "
     "object[string: any]) string",
     Note::kVarying},
    {"io.jwt.encode_sign_raw(string, string, string) string", Note::kVarying},
    {"io.jwt.verify_eddsa(string, string) boolean"},
    {"io.jwt.verify_es256(string, string) boolean"},
    {"io.jwt.verify_es384(string, string) boolean"},
    {"io.jwt.verify_es512(string, string) boolean"},
    {"io.jwt.verify_hs256(string, string) boolean"},
    {"io.jwt.verify_hs384(string, string) boolean"},
    {"io.jwt.verify_hs512(string, string) boolean"},
    {"io.jwt.verify_ps256(string, string) boolean"},
    {"io.jwt.verify_ps384(string, string) boolean"},
    {"io.jwt.verify_ps512(string, string) boolean"},
    {"io.jwt.verify_rs256(string, string) boolean"},
    {"io.jwt.verify_rs384(string, string) boolean"},
    {"io.jwt.verify_rs512(string, string) boolean"},
    {"is_array(any) boolean"},
    {"is_boolean(any) boolean"},
    {"is_null(any) boolean"},
    {"is_number(any) boolean"},
    {"is_object(any) boolean"},
    {"is_set(any) boolean"},
    {"is_string(any) boolean"},
    {"json.filter(object, any<array[any<string, array>], set[any<string, "
     "array>]>) object"},
    {"json.is_valid(string) boolean"},
    {"json.marshal(any) string"},
    {"json.marshal_with_options(any, object<indent: string, prefix: string, "
     "pretty: boolean>[string: any]) string"},
    {"json.match_schema(any<string, object>, any<string, object>) "
     "array<boolean, array[object<desc: string, error: string, field: string, "
     "type: string>]>"},
    {"json.patch(any, array[object<op: string, path: any>[any: any]]) any"},
    {"json.remove(object, any<array[any<string, array>], set[any<string, "
     "array>]>) object"},
    {"json.unmarshal(string) any"},
    {"json.verify_schema(any<string, object>) array<boolean, any<null, "
     "string>>"},
    {"lower(string) string"},
    {"lt(any, any) boolean", Note::kInfix},
    {"lte(any, any) boolean", Note::kInfix},
    {"max(any<array, set>) any"},
    {"min(any<array, set>) any"},
    {"minus(any<number, set>, any<number, set>) any<number, set>",
     Note::kInfix},
    {"mul(number, number) number", Note::kInfix},
    {"neq(any, any) boolean", Note::kInfix},
    {"net.cidr_contains(string, string) boolean"},
    {"net.cidr_contains_matches(any<string, array[any<string, array>], "
     "object[string: any<string, array>], set[any<string, array>]>, "
     "any<string, array[any<string, array>], object[string: any<string, "
     "array>], set[any<string, array>]>) set[array<any, any>]"},
    {"net.cidr_expand(string) set[string]"},
    {"net.cidr_intersects(string, string) boolean"},
    {"net.cidr_is_valid(string) boolean"},
    {"net.cidr_merge(any<array[string], set[string]>) set[string]"},
    {"net.cidr_overlap(string, string) boolean", Note::kDeprecated},
    {"net.lookup_ip_addr(string) set[string]", Note::kVarying},
    {"numbers.range(number, number) array[number]"},
    {"numbers.range_step(number, number, number) array[number]"},
    {"object.filter(object, any<array, object, set>) object"},
    {"object.get(object, any, any) any"},
    {"object.keys(object) set"},
    {"object.remove(object, any<array, object, set>) object"},
    {"object.subset(any<array, object, set>, any<array, object, set>) boolean"},
    {"object.union(object, object) object"},
    {"object.union_n(array[object]) object"},
    {"opa.runtime() object[string: any]", Note::kVarying},
    {"or(set, set) set", Note::kInfix},
    {"plus(number, number) number", Note::kInfix},
    {"print(any...)"},
    {"product(any<array[number], set[number]>) number"},
    {"providers.aws.sign_req(object[string: any], object[string: any], number) "
     "object"},
    {"rand.intn(string, number) number", Note::kVarying},
    {"re_match(string, string) boolean", Note::kDeprecated},
    {"regex.find_all_string_submatch_n(string, string, number) "
     "array[array[string]]"},
    {"regex.find_n(string, string, number) array[string]"},
    {"regex.globs_match(string, string) boolean"},
    {"regex.is_valid(string) boolean"},
    {"regex.match(string, string) boolean"},
    {"regex.replace(string, string, string) string"},
    {"regex.split(string, string) array[string]"},
    {"regex.template_match(string, string, string, string) boolean"},
    {"rego.metadata.chain() array"},
    {"rego.metadata.rule() any"},
    {"rego.parse_module(string, string) object[string: any]"},
    {"rem(number, number) number", Note::kInfix},
    {"replace(string, string, string) string"},
    {"round(number) number"},
    {"semver.compare(string, string) number"},
    {"semver.is_valid(any) boolean"},
    {"set_diff(set, set) set", Note::kDeprecated},
    {"sort(any<array, set>) array"},
    {"split(string, string) array[string]"},
    {"sprintf(string, array) string"},
    {"startswith(string, string) boolean"},
    {"strings.any_prefix_match(any<string, array[string], set[string]>, "
     "any<string, array[string], set[string]>) boolean"},
    {"strings.any_suffix_match(any<string, array[string], set[string]>, "
     "any<string, array[string], set[string]>) boolean"},
    {"strings.count(string, string) number"},
    {"strings.render_template(string, object[string: any]) string"},
    {"strings.replace_n(object[string: string], string) string"},
    {"strings.reverse(string) string"},
    {"strings.split_n(string, string, number) array[string]"},
    {"substring(string, number, number) string"},
    {"sum(any<array[number], set[number]>) number"},
    {"time.add_date(number, number, number, number) number"},
    {"time.clock(any<number, array<number, string>>) array<number, number, "
     "number>"},
    {"time.date(any<number, array<number, string>>) array<number, number, "
     "number>"},
    {"time.diff(any<number, array<number, string>>, any<number, array<number, "
     "string>>) array<number, number, number, number, number, number>"},
    {"time.format(any<number, array<number, string>, array<number, string, "
     "string>>) string"},
    {"time.now_ns() number", Note::kVarying},
    {"time.parse_duration_ns(string) number"},
    {"time.parse_ns(string, string) number"},
    {"time.parse_rfc3339_ns(string) number"},
    {"time.weekday(any<number, array<number, string>>) string"},
    {"to_number(any<null, boolean, number, string>) number"},
    {"trace(string) boolean"},
    {"trim(string, string) string"},
    {"trim_left(string, string) string"},
    {"trim_prefix(string, string) string"},
    {"trim_right(string, string) string"},
    {"trim_space(string) string"},
    {"trim_suffix(string, string) string"},
    {"type_name(any) string"},
    {"union(set[set]) set"},
    {"units.parse(string) number"},
    {"units.parse_bytes(string) number"},
    {"upper(string) string"},
    {"uri.is_valid(string) boolean"},
    {"uri.parse(string) object[string: string]"},
    {"urlquery.decode(string) string"},
    {"urlquery.decode_object(string) object[string: array[string]]"},
    {"urlquery.encode(string) string"},
    {"urlquery.encode_object(object[string: any<string, array[string], "
     "set[string]>]) string"},
    {"uuid.parse(string) object[string: any]"},
    {"uuid.rfc4122(string) string", Note::kVarying},
    {"walk(any) array<array, any>", Note::kRelation},
    {"yaml.is_valid(string) boolean"},
    {"yaml.marshal(any) string"},
    {"yaml.unmarshal(string) any"},
};

}  // namespace

void DeclareAll(BuiltinTable& table) {
  for (const Declared& declared : kDeclared) {
    Builtin row;
    row.signature = ParseSignature(declared.signature);
    row.name = row.signature.name;
    row.arity = row.signature.variadic
                    ? kAnyArity
                    : static_cast<uint8_t>(row.signature.args.size());
    row.deprecated = declared.note == Note::kDeprecated;
    row.varying = declared.note == Note::kVarying;
    row.infix = declared.note == Note::kInfix;
    row.relation = declared.note == Note::kRelation;
    table.Declare(std::move(row));
  }
  table.Sort();
}

}  // namespace vouchsafe::rego
