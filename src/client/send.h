#pragma once

// How the client reads answers; internal to this folder.

#include "client/kbs_client.h"

namespace vouchsafe::client {

// Of a problem document, or of whatever else came.
ServerRefusal ReadRefusal(const http::FetchResponse& response);
// 401: "request unauthorized", 404: "KBS resource not found", other: "KBS
// internal error", with the server's words behind it.
Error RefusalError(const ServerRefusal& refusal);
// Of an administrator's request: "Request Failed, Response: " and the body in
// quotes, as scripts of Trustee know it.
Error AdminRefusalError(const ServerRefusal& refusal);
// The fields in which a server tells what it finds in a policy that it took.
// The server is not believed: what is no printable ASCII becomes '?', and
// number and length are bounded.
std::vector<std::string> ReadFindings(const http::Headers& headers);
// A path and query as typed, for the request line: without a fragment, and with
// what may not stand there (blanks, controls, quotes, bytes over 126) as %XX.
std::string EscapeTarget(std::string_view typed);
// The JSON of a 200; kBadPeer when it is none.
Result<json::Value> ParseAnswer(const http::FetchResponse& response,
                                std::string_view what);

}  // namespace vouchsafe::client
