export { flatten, isNested } from "./flatten.ts";
export { type GitInfo, gitInfo } from "./git-info.ts";
export {
  type HttpAnswer,
  type HttpRequest,
  HttpService,
  type HttpServiceOptions,
  isTransientStatus,
} from "./http-service.ts";
export { type EncodedImage, encodePng, imagesOf, toByte } from "./image-png.ts";
export { type Json, toJson, wellFormed } from "./json-value.ts";
export { kindOf, LeftOut } from "./left-out.ts";
export { numbersOf, scalarOf } from "./numbers.ts";
export { MessageWriter } from "./protobuf.ts";
export { ServiceError } from "./service-error.ts";
