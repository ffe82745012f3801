/** A value in a file of `accelerate config` that asks for nothing: one of those that it writes for one plain machine. */
const NOTHING: readonly unknown[] = [null, false, "", "no", "NO"];

/** Values of a member that ask for nothing, beside those above; `"any"`: no value of it has a meaning here. */
type Neutral = readonly unknown[] | "any";

/**
 * The members of a file of Accelerate 1.15 that are not taken, for one machine and for SageMaker. Those whose value asks for
 * something are named to the user.
 */
export const ACCELERATE_KEYS: Readonly<Record<string, Neutral>> = {
  compute_environment: ["LOCAL_MACHINE"],
  distributed_type: ["MULTI_CPU"],
  // The training script chooses its backend.
  use_cpu: "any",
  mixed_precision: [],
  fp16: [],
  downcast_bf16: [],
  num_machines: [1],
  machine_rank: [0],
  main_process_ip: [],
  main_process_port: [],
  // How processes of several machines find each other.
  rdzv_backend: "any",
  same_network: "any",
  // The function that TPU workers call.
  main_training_function: "any",
  gpu_ids: ["all"],
  enable_cpu_affinity: [],
  fp8_config: [],
  deepspeed_config: [],
  fsdp_config: [],
  parallelism_config: [],
  megatron_lm_config: [],
  ipex_config: [],
  mpirun_config: [],
  dynamo_config: [],
  tpu_name: [],
  tpu_zone: [],
  tpu_use_cluster: [],
  tpu_use_sudo: [],
  tpu_vm: [],
  tpu_env: [],
  command_file: [],
  commands: [],
  ec2_instance_type: [],
  iam_role_name: [],
  image_uri: [],
  profile: [],
  region: [],
  base_job_name: [],
  pytorch_version: [],
  transformers_version: [],
  py_version: [],
  sagemaker_inputs_file: [],
  sagemaker_metrics_file: [],
  additional_args: [],
};

/** What a file asks for and replicas on the threads of one process cannot give, such as `mixed_precision: fp16`. */
export function unsupportedMembers(members: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(members)
    .filter(([name, value]) => asksForSomething(ACCELERATE_KEYS[name], value))
    .map(([name, value]) =>
      typeof value === "object" ? name : `${name}: ${String(value).slice(0, LONGEST)}`,
    );
}

const LONGEST = 60;

function asksForSomething(neutral: Neutral | undefined, value: unknown): boolean {
  if (neutral === undefined || neutral === "any") return false;
  if (NOTHING.includes(value) || neutral.includes(value)) return false;
  return typeof value !== "object" || Object.keys(value as object).length > 0;
}
