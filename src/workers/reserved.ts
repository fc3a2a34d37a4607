/** A file or folder that was made for a job, so that whoever made it can take away exactly that. */
export interface Reserved {
	readonly path: string;
	/** Decimal: inodes may be larger than a number holds. */
	readonly device: string;
	readonly inode: string;
}
