/** The instance types that the local endpoint offers, as EC2 describes them. */
export interface InstanceType {
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly manufacturer: "AMD" | "Intel";
  readonly gpu: { readonly name: string; readonly memoryMib: number } | null;
}

const amd = (vcpus: number, memoryGib: number): InstanceType => ({
  vcpus,
  memoryMib: memoryGib * 1024,
  manufacturer: "AMD",
  gpu: null,
});

export const INSTANCE_TYPES: Readonly<Record<string, InstanceType>> = {
  "t3a.micro": amd(2, 1),
  "t3a.small": amd(2, 2),
  "t3a.medium": amd(2, 4),
  "t3a.large": amd(2, 8),
  "t3a.xlarge": amd(4, 16),
  "t3a.2xlarge": amd(8, 32),
  "r5a.xlarge": amd(4, 32),
  "r5a.2xlarge": amd(8, 64),
  "g5.xlarge": { ...amd(4, 16), gpu: { name: "A10G", memoryMib: 24 * 1024 } },
};
