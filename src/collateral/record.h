#pragma once

// An object as it lies in the store (namespace vouchsafe_collateral): one line
// of JSON, a line feed, the bytes.
//
//   {"v":1,"kind":..,"id":..,"source":..,"fetched":..,"expires":..,
//    "headers":{..}}
//
// Its key is "<kind>/<sha256 of the id>": ids may be URLs of any length.

#include <string>

#include "collateral/collateral.h"

namespace vouchsafe::collateral {

std::string RecordKey(const Key& key);
Bytes WriteRecord(const Object& object);
// kBadPeer when it is not such a record, or another object's.
Result<Object> ReadRecord(ByteView bytes, const Key& key);

}  // namespace vouchsafe::collateral
