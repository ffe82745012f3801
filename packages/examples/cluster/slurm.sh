#!/bin/bash
# Four nodes, one process on each, one replica for each core. sbatch slurm.sh
#SBATCH --job-name=training
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=01:00:00
#SBATCH --signal=TERM@120
#SBATCH --open-mode=append

set -euo pipefail
module load nodejs mpich

# Two minutes before its time is over the job gets SIGTERM, and the training saves a checkpoint. sbatch the same script again to go on.
# The script and the packages lie on a file system that all nodes see.
srun --mpi=pmi2 --cpus-per-task="$SLURM_CPUS_PER_TASK" --cpu-bind=none --kill-on-bad-exit=1 \
  node_modules/.bin/acc launch --num-processes "$((SLURM_NNODES * SLURM_CPUS_PER_TASK))" train.ts
