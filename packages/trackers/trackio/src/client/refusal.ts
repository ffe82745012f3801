import { TrackerUnreachableError } from "@acc/core/tracker";
import { jsonObjectOf, type ServiceError } from "@acc/tracker-kit";

/** The server lacks a call: it is older. */
const UNKNOWN_CALL = /^Unknown API/;
/** The key is missing, wrong, or may not write. */
const NO_ACCESS = /write_token is required|write access|HF_TOKEN|Sign in with Hugging Face/;
/** The server was started anew between two requests of one upload. */
const LOST_UPLOAD = /not created by this Trackio server|Uploaded file is missing|not on server/;

/**
 * The meaning of an error in Trackio's own words, or of a proxy's about the size of a row.
 *
 * @returns the same error for what is refused for good.
 */
export function refusalOf(refusal: ServiceError): Error {
  const reason = String(jsonObjectOf(refusal.body)?.error);
  const { message: said, status } = refusal;
  if (NO_ACCESS.test(reason)) {
    const message = `${said} (check the token, and run \`acc sync\`)`;
    return new TrackerUnreachableError(message, { cause: refusal, permanent: true });
  }
  if (status === 404 && UNKNOWN_CALL.test(reason)) {
    const message = `${said} (the server is older than this call: update Trackio there, and run \`acc sync\`)`;
    return new TrackerUnreachableError(message, { cause: refusal, permanent: true });
  }
  const isPassing = (status !== 400 && status !== 413) || LOST_UPLOAD.test(reason);
  return isPassing ? new TrackerUnreachableError(said, { cause: refusal }) : refusal;
}
