export { bytesOf } from "./answer-bytes.ts";
export { excerptOf } from "./answer-excerpt.ts";
export { appendAt, ShortFileError } from "./append-at.ts";
export { concerningRun } from "./concerning-run.ts";
export { consoleText } from "./console-text.ts";
export { type Counts, countsOf } from "./counts.ts";
export { isoText } from "./date-text.ts";
export { whenWritable, whenWritableSync } from "./disk-error.ts";
export { type Environment, isTrue } from "./environment.ts";
export { messageOf, rootMessageOf } from "./error-message.ts";
export { contextNow } from "./event-context.ts";
export { figureHtml } from "./figure-html.ts";
export { type FigureJson, figureJson } from "./figure-json.ts";
export {
  drawFigure,
  drawFigures,
  type FigureDrawing,
  type FigurePicture,
  type FigurePictures,
  type PictureFormat,
} from "./figure-pictures.ts";
export { type FileBelow, filesBelow, pathsBelow } from "./files-below.ts";
export { flatten, isNested, leavesOf } from "./flatten.ts";
export { type GitInfo, type GitOrigin, gitInfo, gitOrigin } from "./git-info.ts";
export { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
export {
  type HttpAnswer,
  type HttpRequest,
  HttpService,
  type HttpServiceOptions,
  isTransientStatus,
} from "./http-service.ts";
export { captionsOf, type EncodedImage, encodePng, imagesOf, toByte } from "./image-png.ts";
export { type Json, toJson, wellFormed } from "./json-value.ts";
export { encodedOrLeftOut, kindOf, type LeaveOut, LeftOut } from "./left-out.ts";
export { movedPath, type SavedPath, savedPath } from "./moved-path.ts";
export { numbersOf, scalarOf } from "./numbers.ts";
export { isPage, jsonObjectOf } from "./own-words.ts";
export { type PortionLimits, portions } from "./portions.ts";
export { MessageWriter } from "./protobuf.ts";
export { pythonNumber, pythonText } from "./python-text.ts";
export {
  type Attempt,
  recordEvents,
  type SendOptions,
  type Transaction,
  type Translator,
  translateEvents,
} from "./record-events.ts";
export { frameRecords } from "./record-log.ts";
export { rememberHeaders } from "./remember-headers.ts";
export {
  replaceFile,
  replaceFileBy,
  replaceFileByCopy,
  replaceFileSync,
} from "./replace-file.ts";
export { requireMedia } from "./require-media.ts";
export { safePath } from "./safe-path.ts";
export { ServiceError } from "./service-error.ts";
export { sideBySide } from "./side-by-side.ts";
export { GIB, MIB, type SystemFigures, systemFigures, toldValues } from "./system-figures.ts";
export { notStarted, unknownCall } from "./tracker-errors.ts";
export { waitUntil } from "./wait-until.ts";
export { MAX_ZIP_BYTES, writeZip, type ZipEntry } from "./zip-file.ts";
